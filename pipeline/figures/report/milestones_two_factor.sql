-- Grain: one row per change that is drawn into the charts of newest releases.
-- Answers: which dates divide the evidence?
select
    milestones.date,
    milestones.id,
    milestones.title,
    milestones.effect,
    milestones.source,
    strftime(milestones.date, '%Y-%m-%d') || ' ' || words.label as label
from milestones
inner join (
    values
    ('2fa-for-all-maintainers-announced', 'plan announced'),
    ('2fa-required-for-all-users', 'required by policy'),
    ('token-upload-requires-2fa', 'tested for tokens')
) as words (id, label) using (id)
order by milestones.date
