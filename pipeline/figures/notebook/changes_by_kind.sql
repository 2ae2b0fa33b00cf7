-- Grain: one row per kind of change between the last two months of the source.
-- Answers: what changed since the month before?
select
    previous_period,
    period,
    what,
    coalesce(before, 'none') as before,
    coalesce(after, 'none') as after,
    count(*) as projects
from changes
where
    what in ('two_factor_evidence', 'publishing_evidence')
    and (source, period) = (select (runs.source, runs.period) from runs)
group by all
order by what asc, projects desc, before asc, after asc
