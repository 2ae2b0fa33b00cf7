-- Grain: one row per landing table.
-- Answers: did any source of this run observe it?
select
    landing_table,
    bool_or(is_observed) as is_observed
from raw.landings
group by landing_table
