-- Grain: one row per project asked about.
-- Answers: what shows that an upload to it was protected, and who could upload?
-- An account with a direct role may upload alone, whatever the role. Organizations hide their members.
select
    projects.project,
    projects.newest_version,
    projects.two_factor_evidence,
    projects.publishing_evidence,
    projects.publisher_kind,
    projects.publisher_repository,
    projects.organization,
    projects.status,
    observations.failure,
    projects.owner_count,
    ownership.account_count,
    exposure.closure_size,
    exposure.closure_without_evidence_count,
    projects.has_single_owner,
    case
        when ownership.account_count > 0 then true
        when ownership.account_count = 0 and projects.organization is null then false
    end as is_reachable_by_one_account,
    projects.has_regressed,
    projects.has_repository_changed,
    projects.newest_upload_at at time zone 'UTC' as newest_upload_at
from main.projects as projects
inner join signals.ownership as ownership using (project_id)
left join staging.observations as observations using (project_id)
left join main.dependency_exposure as exposure on projects.project = exposure.project
order by projects.project
