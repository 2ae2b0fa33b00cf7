-- Grain: one row per tier (and all) and class of publishing evidence.
-- Answers: how much of the newest stable release of the projects of a tier carries provenance?
-- The shares are of the projects whose files were observed on an index that shows provenance.
with

counted as (
    select
        if(grouping(tier) = 1, 'all', tier) as tier,
        publishing_evidence as evidence,
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
        (
            sum(numerator) filter (where evidence not in ('unobserved', 'not_observable')) over (partition by tier)
        )::bigint as denominator
    from counted
)

select
    tier,
    evidence,
    numerator,
    denominator,
    total,
    if(evidence in ('unobserved', 'not_observable'), null, numerator / denominator) as share
from observed
order by tier, evidence
