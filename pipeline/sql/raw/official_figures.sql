-- Grain: one row per published figure.
-- Answers: what is published?
select
    as_of,
    metric,
    value,
    unit,
    denominator_or_definition,
    source
from read_parquet(getvariable('official_figures'))
