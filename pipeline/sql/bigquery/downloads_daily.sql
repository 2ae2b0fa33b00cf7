-- Grain: one row per project that was downloaded on the day asked about.
-- Answers: how often was each project downloaded that day, by which class of client?
-- The classes are disjoint and add up to all rows of the day. A client that the logger did not recognise has no details
-- (and so no installer): `unknown`, kept apart, because a NULL silently passes through `not in`. Names are those of
-- pypi/linehaul-cloud-function, linehaul/ua/parser.py.
-- Before 2026-08-24 the log also counted fetches of metadata files and signatures (`.metadata`, `.asc`). Two lines
-- leave them out, which reads one more column; they are marked, and not sent where that is not asked for.
with

clients as (
    select
        coalesce(project, '') as project_name,
        date(timestamp) as day,
        case
            when details.installer.name is null then 'unknown'
            when lower(details.installer.name) in (
                'bandersnatch', 'devpi', 'z3c.pypimirror', 'artifactory', 'nexus', 'pep381client'
            ) then 'mirror'
            when lower(details.installer.name) not in (
                'pip', 'uv', 'poetry', 'pdm', 'pex', 'conda', 'bazel', 'setuptools', 'distribute'
            ) then 'other'
            when details.ci then 'installer_ci'
            else 'installer'
        end as client
    from `bigquery-public-data.pypi.file_downloads`
    where
        timestamp >= @first_instant
        and timestamp < @end_instant
        and not ends_with(coalesce(file.filename, ''), '.metadata') -- only distributions
        and not ends_with(coalesce(file.filename, ''), '.asc') -- only distributions
)

select
    project_name,
    day,
    countif(client = 'installer') as installer_count,
    countif(client = 'installer_ci') as installer_ci_count,
    countif(client = 'mirror') as mirror_count,
    countif(client = 'other') as other_count,
    countif(client = 'unknown') as unknown_count
from clients
group by project_name, day
