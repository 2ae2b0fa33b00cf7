-- Grain: one row per project and whole UTC day.
-- Answers: how often was the project downloaded, by which class of client?
select
    spellings.project_id,
    downloads.day,
    sum(downloads.installer_count)::bigint as installer_count,
    sum(downloads.installer_ci_count)::bigint as installer_ci_count,
    sum(downloads.mirror_count)::bigint as mirror_count,
    sum(downloads.other_count)::bigint as other_count,
    sum(downloads.unknown_count)::bigint as unknown_count
from raw.downloads_daily as downloads
inner join staging.spellings as spellings using (project_name)
semi join staging.projects using (project_id)
group by spellings.project_id, downloads.day
