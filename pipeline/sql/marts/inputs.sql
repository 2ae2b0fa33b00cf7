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
    fetched_at
from staging.inputs
order by source, kind, name
