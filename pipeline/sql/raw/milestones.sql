-- Grain: one row per dated change.
-- Answers: what is published?
select
    date,
    id,
    category,
    title,
    effect,
    source
from read_parquet(getvariable('milestones'))
