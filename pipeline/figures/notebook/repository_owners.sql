-- Grain: one row per owner of publishing repositories, those with the most projects.
-- Answers: through whose repositories are most attested projects published?
with

counted as (
    select
        split_part(publisher_repository, '/', 1) as owner,
        count(*) as projects,
        (sum(count(*)) over ())::bigint as denominator
    from projects
    where publisher_repository is not null
    group by owner
)

select
    owner,
    projects,
    denominator
from counted
where projects > 1
order by projects desc, owner asc
limit 12
