-- Grain: one row per measure and source.
-- Answers: what was observed, for how many projects, and if not, why not?
select
    measure,
    source,
    observed_count,
    total_count,
    observed_count / nullif(total_count, 0) as share,
    note,
    observed_on
from coverage
order by observed_count desc, measure asc, source asc
