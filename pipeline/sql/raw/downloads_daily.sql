-- Grain: one row per project and whole UTC day.
-- Answers: how often was the project downloaded, by which class of client?
select
    project_name,
    day,
    installer_count,
    installer_ci_count,
    mirror_count,
    other_count,
    unknown_count
from read_parquet(getvariable('downloads_daily'))
