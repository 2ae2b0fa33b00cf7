-- Grain: one row per measure and unit that was observed, over all tiers.
-- Answers: how far does each measure hold in projects, in downloads and in files?
select
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
where tier = 'all' and denominator > 0
order by measure, unit
