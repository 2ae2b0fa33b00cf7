-- Grain: one row, the run that made the file.
-- Answers: what is this report about, and what made it?
select
    source,
    period,
    code_version,
    parameters,
    is_simulated,
    observed_on,
    announced_from,
    enforced_from,
    provenance_from,
    started_at as made_at,
    (
        select count(*)
        from projects
        where projects.newest_upload_at >= runs.observed_on + interval 1 day
    ) as later_count,
    (
        select max(history.period)
        from project_history as history
        where history.source = runs.source and history.period < runs.period
    ) as previous_period
from runs
order by started_at desc
limit 1
