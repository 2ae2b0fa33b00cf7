-- Grain: one row per landing and landing table.
-- Answers: what did each source observe, and why not the rest?
select
    source,
    period,
    landing_table,
    note,
    is_observed,
    observed_on
from raw.landings
