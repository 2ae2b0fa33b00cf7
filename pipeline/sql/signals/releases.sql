-- Grain: one row per project and release.
-- Answers: of which files does a release consist, and how many carry provenance?
select
    files.project_id,
    files.version_id,
    count(*) as file_count,
    count(*) filter (where files.is_listed is not false) as listed_file_count,
    count(*) filter (where files.is_listed is not false and files.has_provenance is not null) as observed_file_count,
    count(*) filter (where files.is_listed is not false and files.has_provenance) as attested_file_count,
    coalesce(
        bool_and(coalesce(files.is_yanked, false)) filter (where files.is_listed is not false), false
    ) as is_yanked,
    min(files.uploaded_at) as first_upload_at,
    min(files.uploaded_at) filter (where files.is_listed is not false) as first_listed_upload_at,
    max(files.uploaded_at) filter (where files.is_listed is not false) as newest_upload_at,
    min(files.uploaded_at) filter (where files.is_listed is not false and files.has_provenance) as first_attested_at
from staging.files as files
group by files.project_id, files.version_id
