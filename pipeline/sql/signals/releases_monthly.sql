-- Grain: one row per project and month in which a release began.
-- Answers: how many releases were made, and how many of them carry provenance?
-- A release belongs to the month of its first file whose provenance was observed; where it was of none, of its first.
with

releases as (
    select
        files.project_id,
        min(files.uploaded_at) as first_at,
        max(files.uploaded_at) as last_at,
        min(files.uploaded_at) filter (where files.has_provenance is not null) as first_observed_at,
        max(files.uploaded_at) filter (where files.has_provenance is not null) as last_observed_at,
        max(files.uploaded_at) filter (where files.has_provenance) as last_attested_at
    from staging.files as files
    inner join staging.versions as versions using (version_id)
    group by files.project_id, versions.release_first_id
),

dated as (
    select
        *,
        date_trunc('month', coalesce(first_observed_at, first_at)::date)::date as month
    from releases
)

select
    project_id,
    month,
    count(*) as release_count,
    count(first_observed_at) as observed_release_count,
    count(last_attested_at) as attested_release_count,
    count(*) filter (where last_at >= $provenance_from) as late_release_count,
    count(*) filter (where last_observed_at >= $provenance_from) as observed_late_release_count,
    count(*) filter (where last_attested_at >= $provenance_from) as attested_late_release_count
from dated
group by project_id, month
