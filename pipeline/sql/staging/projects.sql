-- Grain: one row per project of the index.
-- Answers: which projects are there, how new is their newest release, how are they ranked?
with

listed as (
    select
        spellings.project_id,
        spellings.project,
        listing.newest_release_month,
        listing.newest_release_day,
        listing.download_rank
    from raw.index as listing
    inner join staging.spellings as spellings using (project_name)
)

select
    project_id,
    any_value(project) as project,
    max(newest_release_month) as newest_release_month,
    if(
        date_trunc('month', max(newest_release_day)) = max(newest_release_month), max(newest_release_day), null
    ) as newest_release_day,
    min(download_rank) as download_rank
from listed
group by project_id
