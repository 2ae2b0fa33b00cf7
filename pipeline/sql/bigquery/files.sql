-- Grain: one row per file uploaded in the range of days asked about, also those deleted since.
-- Answers: what was uploaded when, with which tool?
-- Distinct, because a repaired gap of the log may have been written twice (pypi/warehouse#16008).
select distinct
    name as project_name,
    version,
    filename,
    packagetype,
    uploaded_via as upload_tool,
    size as size_bytes,
    upload_time as uploaded_at
from `bigquery-public-data.pypi.distribution_metadata`
where
    upload_time >= @first_instant
    and upload_time < @end_instant
