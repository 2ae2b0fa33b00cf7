-- Grain: one row per definition of critical (and all) and class of two-factor evidence.
-- Answers: does the evidence depend on what "critical" means?
with

members as (
    select
        unnest(list_concat(['all'], critical_by)) as criticality,
        two_factor_evidence as evidence
    from projects
)

select
    criticality,
    evidence,
    count(*) as numerator,
    (sum(count(*)) over (partition by criticality))::bigint as total
from members
group by criticality, evidence
order by criticality, evidence
