-- Grain: one row per kind of evidence (two_factor, publishing), kind of owners and class of that evidence.
-- Answers: do projects of organizations show more, or attest more, than those of one person?
with

owned as (
    select
        unnest([
            { 'kind': 'two_factor', 'evidence': two_factor_evidence },
            { 'kind': 'publishing', 'evidence': publishing_evidence }
        ], recursive := true),
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
    kind,
    owners,
    evidence,
    count(*) as numerator,
    (sum(count(*)) over (partition by kind, owners))::bigint as total
from owned
group by kind, owners, evidence
order by kind, owners, evidence
