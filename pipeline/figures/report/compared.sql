-- Grain: one row.
-- Answers: of how many projects did this month and the one before observe the status, and the publisher?
with

previous as (
    select
        runs.source,
        runs.period,
        max(history.period) as previous_period
    from runs
    inner join project_history as history on runs.source = history.source and runs.period > history.period
    group by runs.source, runs.period
)

select
    count(*) filter (where was.status is not null and now_.status is not null) as status,
    count(*) filter (where was.publisher_kind is not null and now_.publisher_kind is not null) as publisher
from previous
inner join project_history as now_ on previous.source = now_.source and previous.period = now_.period
inner join project_history as was
    on previous.source = was.source and previous.previous_period = was.period and now_.project = was.project
