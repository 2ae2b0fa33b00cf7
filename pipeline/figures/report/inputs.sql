-- Grain: one row per file that was read or landed.
-- Answers: which bytes do these figures rest on?
select
    source,
    period,
    kind,
    name,
    row_count,
    size_bytes,
    sha256
from inputs
order by source, kind, name
