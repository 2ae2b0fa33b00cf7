-- Grain: one row per kind of Trusted Publisher.
-- Answers: which services publish the attested projects?
select
    publisher_kind as kind,
    count(*) as projects,
    (sum(count(*)) over ())::bigint as denominator
from projects
where publisher_kind is not null
group by publisher_kind
order by projects desc, kind asc
