-- Grain: one row per published figure.
-- Answers: what is published?
select
    as_of,
    metric,
    value,
    unit,
    denominator_or_definition,
    source,
    as_of_date,
    as_of_precision,
    is_secondary
from staging.official_figures
order by all
