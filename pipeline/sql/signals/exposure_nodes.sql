-- Grain: one row per project of the index, once requirements were observed at all; no row otherwise.
-- Answers: what does each project bring to those that depend on it?
select
    nodes.project_id,
    nodes.has_known_requirements,
    two_factor.evidence_rank,
    dependents.dependents_transitive
from signals.dependency_nodes as nodes
inner join signals.two_factor as two_factor using (project_id)
inner join signals.dependents as dependents using (project_id)
order by nodes.project_id
