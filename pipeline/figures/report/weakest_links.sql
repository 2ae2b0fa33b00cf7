-- Grain: one row per project without evidence that others need, the 20 with the most dependents.
-- Answers: on which projects without evidence does most rest?
select
    project,
    tier,
    two_factor_evidence,
    newest_upload_at::date as newest_upload_at,
    dependents_direct,
    dependents_transitive,
    has_single_owner,
    (select count(*) from dependency_exposure) as denominator
from projects
where two_factor_evidence in ('none', 'announced') and dependents_transitive > 0
order by dependents_transitive desc, project asc
limit 20
