-- Grain: one row per spelling of the name of a project of the index, in any other landing table.
-- Answers: which project does a spelling mean (PEP 503)?
-- The distinct spellings are normalised once, and everything later joins on the integer id.
with

spelled as (
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
)

select
    projects.project_id,
    spelled.project_name
from spelled
inner join staging.projects as projects
    on regexp_replace(lower(spelled.project_name), '[-_.]+', '-', 'g') = projects.project
