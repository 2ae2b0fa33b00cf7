-- Grain: one row per published figure.
-- Answers: what is published, with dates as dates?
select
    as_of,
    metric,
    value,
    unit,
    denominator_or_definition,
    source,
    coalesce(try_strptime(as_of, '%Y-%m-%d'), strptime(as_of, '%Y-%m'))::date as as_of_date,
    if(length(as_of) = 10, 'day', 'month') as as_of_precision,
    starts_with(source, 'secondary:') as is_secondary
from raw.official_figures
