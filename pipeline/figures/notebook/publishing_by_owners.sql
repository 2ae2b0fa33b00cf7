-- Grain: one row per kind of owners and class of publishing evidence.
-- Answers: do projects of organizations show more than those of one person?
with

owned as (
    select
        publishing_evidence as evidence,
        case
            when organization is not null then 'organization'
            when owner_count > 1 then 'several'
            when owner_count = 1 then 'single'
            else 'none'
        end as owners
    from projects
    where owner_count is not null
)

select
    owners,
    evidence,
    count(*) as numerator,
    (sum(count(*)) over (partition by owners))::bigint as total
from owned
group by owners, evidence
order by owners, evidence
