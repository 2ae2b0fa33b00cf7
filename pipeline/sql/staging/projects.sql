-- Grain: one row per project of the index.
-- Answers: which projects are there, how new is their newest release, how are they ranked?
-- The number depends on the names of the index alone, so that it stays when what is known of the projects changes.
with

listed as (
    select
        regexp_replace(lower(project_name), '[-_.]+', '-', 'g') as project,
        newest_release_month,
        newest_release_day,
        download_rank
    from raw.index
)

select
    (row_number() over (order by project))::integer as project_id,
    project,
    max(newest_release_month) as newest_release_month,
    if(
        date_trunc('month', max(newest_release_day)) = max(newest_release_month), max(newest_release_day), null
    ) as newest_release_day,
    min(download_rank) as download_rank
from listed
group by project
