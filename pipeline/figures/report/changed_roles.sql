-- Grain: one row per project, account and role gained or lost since the period before, the first 300 by download rank.
-- Answers: whose roles changed?
-- `total` is the number of all such changes; the page shows accounts under pseudonyms unless asked otherwise.
with

ranked as (
    select
        changes.project,
        changes.what as role,
        changes.before as lost_by,
        changes.after as gained_by,
        projects.tier,
        projects.download_rank,
        row_number() over by_rank as place,
        count(*) over () as total
    from changes
    inner join runs using (source, period)
    inner join projects using (project)
    where changes.what in ('Owner', 'Maintainer')
    window by_rank as (
        order by
            projects.download_rank nulls last,
            changes.project,
            changes.what,
            changes.before,
            changes.after
    )
)

select
    project,
    role,
    lost_by,
    gained_by,
    tier,
    download_rank,
    total
from ranked
where place <= 300
order by place
