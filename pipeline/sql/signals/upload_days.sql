-- Grain: one row per project and day with an upload.
-- Answers: on which days was something uploaded?
select distinct
    project_id,
    uploaded_at::date as uploaded_on
from staging.files
order by project_id, uploaded_on
