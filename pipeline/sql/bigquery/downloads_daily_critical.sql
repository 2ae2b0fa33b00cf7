-- Grain: one row per named project that was downloaded on the day asked about.
-- Answers: how often was each of these projects downloaded that day, mirrors left out?
-- The table is clustered by project, so only the blocks that hold the named projects are read and paid.
select
    project as project_name,
    date(timestamp) as day,
    count(*) as download_count
from `bigquery-public-data.pypi.file_downloads`
where
    timestamp >= @first_instant
    and timestamp < @end_instant
    and project in unnest(@projects)
    and lower(coalesce(details.installer.name, '')) not in (
        'bandersnatch', 'devpi', 'z3c.pypimirror', 'artifactory', 'nexus', 'pep381client'
    )
group by project_name, day
