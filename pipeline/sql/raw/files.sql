-- Grain: one row per uploaded file.
-- Answers: what was uploaded when, is it listed, and does it carry provenance?
-- File names, digests, tools and sizes stay in the landing: they are most of its bytes, and nothing here rests on them.
select
    project_name,
    version,
    is_listed,
    is_yanked,
    has_provenance,
    uploaded_at at time zone 'UTC' as uploaded_at
from read_parquet(getvariable('files'))
