-- Grain: one row per uploaded file.
-- Answers: what was uploaded when, is it listed, and does it carry provenance?
-- File names, digests, tools and sizes stay in the landing: they are most of its bytes, and nothing here rests on them.
select
    project_name,
    version,
    is_listed,
    is_yanked,
    has_provenance,
    -- The same instant in UTC as `at time zone 'UTC'` gives, at a tenth of its cost.
    make_timestamp(epoch_us(uploaded_at)) as uploaded_at
from read_parquet(getvariable('files'))
