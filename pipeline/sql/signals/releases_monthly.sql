-- Grain: one row per project and month in which a release began.
-- Answers: how many releases were made, and how many of them carry provenance?
-- A release belongs to the month of its first file whose provenance was observed; where it was of none, of its first.
with

releases as (
    select
        files.project_id,
        coalesce(
            min(files.uploaded_at) filter (where files.has_provenance is not null), min(files.uploaded_at)
        )::date as began_on,
        max(files.uploaded_at) >= $provenance_from as is_late,
        count(files.has_provenance) > 0 as is_observed,
        coalesce(bool_or(files.has_provenance), false) as is_attested,
        count(files.has_provenance) filter (where files.uploaded_at >= $provenance_from) > 0 as is_observed_late,
        coalesce(bool_or(files.has_provenance and files.uploaded_at >= $provenance_from), false) as is_attested_late
    from staging.files as files
    inner join staging.versions as versions using (version_id)
    group by files.project_id, versions.release_first_id
)

select
    project_id,
    date_trunc('month', began_on)::date as month,
    count(*) as release_count,
    count_if(is_observed)::bigint as observed_release_count,
    count_if(is_attested)::bigint as attested_release_count,
    count_if(is_late)::bigint as late_release_count,
    count_if(is_observed_late)::bigint as observed_late_release_count,
    count_if(is_attested_late)::bigint as attested_late_release_count
from releases
group by project_id, date_trunc('month', began_on)
