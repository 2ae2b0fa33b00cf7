-- Grain: one row per dated change.
-- Answers: what changed when, and what does it do to inference?
select
    date,
    id,
    title,
    effect,
    source
from milestones
order by date, id
