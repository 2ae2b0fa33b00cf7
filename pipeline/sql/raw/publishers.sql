-- Grain: one row per file whose publisher identity was asked for.
-- Answers: who published the first and the newest attested release?
select
    project_name,
    version,
    publisher_kind,
    publisher_repository,
    uploaded_at at time zone 'UTC' as uploaded_at
from read_parquet(getvariable('publishers'))
