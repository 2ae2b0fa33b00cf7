-- Grain: one row per uploaded file.
-- Answers: what was uploaded when, with which tool, and does it carry provenance?
-- File names and digests stay in the landing: they are most of its bytes and no question here needs them.
select
    project_name,
    version,
    packagetype,
    upload_tool,
    size_bytes,
    is_listed,
    is_yanked,
    has_provenance,
    uploaded_at at time zone 'UTC' as uploaded_at
from read_parquet($files)
