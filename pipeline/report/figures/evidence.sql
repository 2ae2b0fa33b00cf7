-- Grain: one row per tier (and all) and class of two-factor evidence.
-- Answers: what does the newest release of the projects of a tier show?
select
    tier,
    replace(measure, 'evidence_', '') as evidence,
    numerator,
    denominator,
    share
from tier_summary
where
    unit = 'projects'
    and measure in (
        'evidence_trusted_publisher', 'evidence_enforced', 'evidence_announced', 'evidence_none', 'evidence_unknown'
    )
order by tier, measure
