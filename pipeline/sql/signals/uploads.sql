-- Grain: one row per project.
-- Answers: when was something last uploaded, and how exactly is that known?
-- Deleted files count only where nothing else is left: what is listed is what users can install.
with

uploads as (
    select
        project_id,
        min(uploaded_at) as first_upload_at,
        max(uploaded_at) as newest_any_at,
        max(uploaded_at) filter (where is_listed is not false) as newest_listed_at,
        max(uploaded_at) filter (where is_listed is not false and not has_provenance) as newest_unattested_upload_at,
        min(uploaded_at) filter (where is_listed is not false and has_provenance) as first_attested_at
    from staging.files
    group by project_id
)

select
    projects.project_id,
    case
        when uploads.newest_any_at is not null then 'second'
        when projects.newest_release_day is not null then 'day'
        when projects.newest_release_month is not null then 'month'
    end as newest_upload_precision,
    uploads.newest_any_at is not null or coalesce(observations.is_page_read, false) as has_observed_files,
    uploads.first_upload_at,
    coalesce(
        uploads.newest_listed_at,
        uploads.newest_any_at,
        projects.newest_release_day::timestamp,
        projects.newest_release_month::timestamp
    ) as newest_upload_at,
    uploads.newest_unattested_upload_at,
    uploads.first_attested_at
from staging.projects as projects
left join uploads using (project_id)
left join staging.observations as observations using (project_id)
