-- Grain: one row per tier (and all) and class of two-factor evidence.
-- Answers: what does the newest release of the projects of a tier show?
-- The shares are of the projects whose newest upload is known.
with

counted as (
    select
        if(grouping(tier) = 1, 'all', tier) as tier,
        two_factor_evidence as evidence,
        count(*) as numerator
    from projects
    group by grouping sets ((tier, evidence), (evidence))
    having grouping(tier) = 1 or tier is not null
),

observed as (
    select
        tier,
        evidence,
        numerator,
        (sum(numerator) over (partition by tier))::bigint as total,
        (sum(numerator) filter (where evidence <> 'unknown') over (partition by tier))::bigint as denominator
    from counted
)

select
    tier,
    evidence,
    numerator,
    denominator,
    total,
    if(evidence = 'unknown', null, numerator / denominator) as share
from observed
order by tier, evidence
