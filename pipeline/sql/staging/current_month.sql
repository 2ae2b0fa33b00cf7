-- Grain: one row per run.
-- Answers: which month does this file stand for?
-- Apart from the rest of a run, which another run never repeats: so what reads only this stays when the month is built
-- again.
select
    source,
    period,
    observed_on
from raw.runs
