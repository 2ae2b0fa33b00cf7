-- Grain: one row per tier (and `all`), measure and unit.
-- Answers: out of how many does a measure hold, by popularity?
select
    if(grouping(tier) = 1, 'all', tier) as tier,
    measure,
    unit,
    sum(numerator)::bigint as numerator,
    sum(denominator)::bigint as denominator,
    if(count(total) = count(*), sum(total), null)::bigint as total
from signals.measure_counts
group by grouping sets ((tier, measure, unit), (measure, unit))
having grouping(tier) = 1 or tier is not null
