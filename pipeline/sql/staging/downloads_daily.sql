-- Grain: one row per spelling of a project and whole UTC day.
-- Answers: how often was the project downloaded, by which class of client?
select
    spellings.project_id,
    downloads.day,
    downloads.installer_count,
    downloads.installer_ci_count,
    downloads.mirror_count,
    downloads.other_count,
    downloads.unknown_count
from raw.downloads_daily as downloads
inner join staging.spellings as spellings using (project_name)
