-- Grain: one row per published figure.
-- Answers: what has been published about accounts, publishers and uploads?
select
    as_of,
    metric,
    value,
    unit,
    denominator_or_definition as definition,
    source,
    is_secondary
from official_figures
order by metric, as_of_date
