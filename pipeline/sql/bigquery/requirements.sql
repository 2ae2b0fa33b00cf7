-- Grain: one row per release with requirements, uploaded in the range of days asked about.
-- Answers: what does its first file require?
-- The index shows for a release what its first uploaded file stated. Which release is the newest is decided afterwards,
-- by PEP 440.
select
    name as project_name,
    version,
    requires_dist,
    upload_time as uploaded_at
from `bigquery-public-data.pypi.distribution_metadata`
where
    upload_time >= @first_instant
    and upload_time < @end_instant
    and array_length(requires_dist) > 0
qualify row_number() over (partition by name, version order by upload_time asc, filename asc) = 1
