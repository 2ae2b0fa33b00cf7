-- Grain: one row per month of this source in the file, up to that of the run.
-- Answers: which months can be compared, and how many projects were followed in each?
select
    history.period,
    history.observed_on,
    count(*) as project_count,
    history.period = runs.period as is_current
from project_history as history
inner join runs using (source)
where history.period <= runs.period
group by history.period, history.observed_on, runs.period
order by history.period
