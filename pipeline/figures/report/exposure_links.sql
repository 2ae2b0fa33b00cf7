-- Grain: one row per project that is the weakest of what others need, the first 20.
-- Answers: on which projects without evidence does most rest?
with

weakest as (
    select
        exposure.most_exposed_dependency as project,
        count(*) as exposed_count,
        count(*) filter (where exposed.is_top1pct) as exposed_critical_count
    from dependency_exposure as exposure
    inner join projects as exposed using (project)
    where exposure.most_exposed_dependency is not null
    group by exposure.most_exposed_dependency
)

select
    weakest.project,
    weakest.exposed_count,
    weakest.exposed_critical_count,
    projects.two_factor_evidence,
    projects.newest_upload_at,
    projects.newest_upload_precision
from weakest
inner join projects using (project)
order by weakest.exposed_critical_count desc, weakest.exposed_count desc, weakest.project asc
limit 20
