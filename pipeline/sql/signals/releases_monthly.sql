-- Grain: one row per project and month in which a release began.
-- Answers: how many releases were made, and how many of them carry provenance?
-- A release belongs to the month of its first file whose provenance was observed; where it was of none, of its first.
with

releases as (
    select
        project_id,
        coalesce(min(uploaded_at) filter (where has_provenance is not null), min(uploaded_at))::date as began_on,
        count(has_provenance) > 0 as is_observed,
        coalesce(bool_or(has_provenance), false) as is_attested,
        count(has_provenance) filter (where uploaded_at >= $provenance_from) > 0 as is_observed_late,
        coalesce(bool_or(has_provenance and uploaded_at >= $provenance_from), false) as is_attested_late
    from staging.files
    group by project_id, version_id
)

select
    project_id,
    date_trunc('month', began_on)::date as month,
    count(*) as release_count,
    count_if(is_observed)::bigint as observed_release_count,
    count_if(is_attested)::bigint as attested_release_count,
    count_if(is_observed_late)::bigint as observed_late_release_count,
    count_if(is_attested_late)::bigint as attested_late_release_count
from releases
group by project_id, date_trunc('month', began_on)
