-- Grain: one row per project of the index, once requirements were observed at all; no row otherwise.
-- Answers: what does each project bring to those that depend on it?
with

unlisted as (
    select
        project_id,
        count(*) as unlisted_count
    from staging.requirements
    where applies and dependency_id is null
    group by project_id
)

select
    nodes.project_id,
    nodes.has_known_requirements,
    coalesce(unlisted.unlisted_count, 0) as unlisted_count,
    two_factor.evidence_rank,
    dependents.dependents_transitive
from signals.dependency_nodes as nodes
inner join signals.two_factor as two_factor using (project_id)
inner join signals.dependents as dependents using (project_id)
left join unlisted using (project_id)
order by nodes.project_id
