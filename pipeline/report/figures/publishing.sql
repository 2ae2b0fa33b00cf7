-- Grain: one row per tier (and all) and class of publishing evidence.
-- Answers: how much of the newest stable release of the projects of a tier carries provenance?
select
    tier,
    replace(measure, 'publishing_', '') as evidence,
    numerator,
    denominator,
    share
from tier_summary
where unit = 'projects' and starts_with(measure, 'publishing_')
order by tier, measure
