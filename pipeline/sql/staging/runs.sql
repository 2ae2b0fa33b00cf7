-- Grain: one row per run.
-- Answers: when, from what, with which code and definitions was this file made?
select
    run_id,
    source,
    period,
    code_version,
    parameters,
    schema_version,
    is_simulated,
    observed_on,
    announced_from,
    enforced_from,
    provenance_from,
    started_at
from raw.runs
