-- Grain: one row per complete month from 2019 on.
-- Answers: how many projects were uploaded to?
select
    month,
    total::bigint as projects
from adoption_monthly
where
    measure = 'uploaded'
    and unit = 'projects'
    and tier = 'all'
    and month >= '2019-01-01'
    and month + interval 1 month <= (select runs.observed_on + 1 from runs)
order by month
