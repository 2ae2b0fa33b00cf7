-- Grain: one row per project that was downloaded on the day asked about.
-- Answers: how often was each project downloaded that day, by any client, mirrors and CI among them?
-- Reads two columns instead of four.
select
    coalesce(project, '') as project_name,
    date(timestamp) as day,
    count(*) as download_count
from `bigquery-public-data.pypi.file_downloads`
where
    timestamp >= @first_instant
    and timestamp < @end_instant
group by project_name, day
