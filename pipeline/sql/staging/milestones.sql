-- Grain: one row per dated change.
-- Answers: what is published, with dates as dates?
select
    date,
    id,
    category,
    title,
    effect,
    source
from raw.milestones
