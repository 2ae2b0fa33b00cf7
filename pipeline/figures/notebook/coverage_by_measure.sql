-- Grain: one row per measure.
-- Answers: for how many projects was it observed by any source?
select
    measure,
    max(observed_count)::bigint as observed_count,
    max(total_count)::bigint as total_count
from coverage
group by measure
order by measure
