-- Grain: one row per file whose publisher identity was asked for.
-- Answers: who published it?
select
    spellings.project_id,
    versions.version_id,
    publishers.publisher_kind,
    publishers.publisher_repository,
    publishers.uploaded_at
from raw.publishers as publishers
inner join staging.spellings as spellings using (project_name)
inner join staging.versions as versions using (version)
