-- Grain: one row per project and month with an upload.
-- Answers: how much was uploaded, and how much of it carries provenance?
select
    project_id,
    date_trunc('month', uploaded_at::date)::date as month,
    count(*) as file_count,
    count(has_provenance) as observed_file_count,
    count(*) filter (where has_provenance) as attested_file_count,
    count(*) filter (where uploaded_at >= $provenance_from) as late_file_count,
    count(has_provenance) filter (where uploaded_at >= $provenance_from) as observed_late_file_count,
    count(*) filter (where has_provenance and uploaded_at >= $provenance_from) as attested_late_file_count
from staging.files
group by project_id, date_trunc('month', uploaded_at::date)
