-- Grain: one row per file that was read or landed.
-- Answers: which bytes does every figure in this file rest on?
select
    source,
    period,
    kind,
    name,
    sha256,
    query,
    query_sha256,
    row_count,
    size_bytes,
    bytes_billed,
    fetched_at at time zone 'UTC' as fetched_at
from input_records
