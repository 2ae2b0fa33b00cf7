-- Grain: one row.
-- Answers: of how many projects did this month and the one before observe the status, and the publisher?
select
    count(*) filter (where was.status is not null and now_.status is not null) as status,
    count(*) filter (where was.publisher_kind is not null and now_.publisher_kind is not null) as publisher
from runs
inner join project_history as now_ using (source, period)
inner join project_history as was on runs.source = was.source and now_.project = was.project
where
    was.period = (
        select max(history.period)
        from project_history as history
        where history.source = runs.source and history.period < runs.period
    )
