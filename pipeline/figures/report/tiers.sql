-- Grain: one row per tier (and all), measure and unit.
-- Answers: how far does each measure hold in each tier?
select
    tier,
    measure,
    unit,
    numerator::bigint as numerator,
    denominator,
    total,
    is_census,
    share,
    share_low,
    share_high
from tier_summary
where
    measure in (
        'evidence_shown', 'evidence_shown_or_announced', 'attested', 'attested_of_opportunity', 'single_owner'
    )
order by measure, unit, tier
