-- Grain: one row per month, tier (and all) and unit of which something was observed.
-- Answers: which share of the uploads of a month carries provenance?
select
    month,
    tier,
    unit,
    numerator::bigint as numerator,
    denominator::bigint as denominator,
    share,
    share_low,
    share_high
from adoption_monthly
where measure = 'attested' and denominator > 0
order by month, tier, unit
