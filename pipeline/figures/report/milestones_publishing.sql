-- Grain: one row per change that is drawn into the chart of publisher uploads.
-- Answers: what may have moved the share of Trusted Publishers?
select
    milestones.date,
    milestones.id,
    milestones.title,
    milestones.effect,
    milestones.source,
    strftime(milestones.date, '%Y-%m') || ' ' || words.label as label
from milestones
inner join (
    values
    ('trusted-publishing-three-more-providers', 'more providers'),
    ('attestations-announced', 'attestations'),
    ('organizations-out-of-beta', 'organizations')
) as words (id, label) using (id)
order by milestones.date
