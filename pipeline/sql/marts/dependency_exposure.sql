-- Grain: one row per project whose requirements are known.
-- Answers: through how many of its dependencies could a stolen account reach it, and through which first?
select
    projects.project,
    ranks.tier,
    weakest.project as most_exposed_dependency,
    exposure.closure_size,
    exposure.closure_without_evidence_count,
    exposure.closure_unobserved_count,
    exposure.closure_unfollowed_count,
    exposure.closure_unlisted_count,
    exposure.depth
from signals.exposure as exposure
inner join staging.projects as projects using (project_id)
inner join signals.ranks as ranks using (project_id)
left join staging.projects as weakest on exposure.most_exposed_dependency_id = weakest.project_id
order by exposure.closure_without_evidence_count desc, exposure.closure_size desc, projects.project asc
