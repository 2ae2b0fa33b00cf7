-- Grain: one row per number of projects without evidence in a closure; 8 stands for 8 and more.
-- Answers: how many projects without evidence does a project bring along?
select
    least(closure_without_evidence_count, 8)::bigint as count,
    if(count = 8, '8 and more', count::varchar) as label,
    count(*) as projects,
    (sum(count(*)) over ())::bigint as denominator,
    projects / denominator as share
from dependency_exposure
where closure_size > 0
group by all
order by count
