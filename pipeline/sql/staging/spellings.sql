-- Grain: one row per spelling of a project name, in any landing table.
-- Answers: which project does a spelling mean (PEP 503)?
-- The distinct spellings are normalised once, and everything later joins on the integer id.
with

spelled as (
    select project_name from raw.index
    union
    select project_name from raw.observations
    union
    select project_name from staging.uploaded_names
    union
    select project_name from raw.publishers
    union
    select project_name from raw.roles
    union
    select project_name from raw.project_urls
    union
    select project_name from raw.requirements
    union
    select project_name from raw.downloads_daily
    union
    select project_name from raw.download_totals
),

normalised as (
    select
        project_name,
        regexp_replace(lower(project_name), '[-_.]+', '-', 'g') as project
    from spelled
)

select
    (dense_rank() over (order by project))::integer as project_id,
    project_name,
    project
from normalised
