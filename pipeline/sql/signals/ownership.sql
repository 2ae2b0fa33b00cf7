-- Grain: one row per project.
-- Answers: how many accounts hold a role in it?
with

counted as (
    select
        project_id,
        count(distinct account) filter (where role = 'Owner') as owner_count,
        count(distinct account) filter (where role = 'Maintainer') as maintainer_count,
        count(distinct account) as account_count,
        min(account) filter (where role = 'Owner') as first_owner
    from staging.roles
    group by project_id
)

select
    projects.project_id,
    observations.organization,
    coalesce(observations.is_role_observed, false) as is_role_observed,
    if(observations.is_role_observed, coalesce(counted.owner_count, 0), null) as owner_count,
    if(observations.is_role_observed, coalesce(counted.maintainer_count, 0), null) as maintainer_count,
    if(observations.is_role_observed, coalesce(counted.account_count, 0), null) as account_count,
    case
        when observations.is_role_observed and observations.organization is null
            then coalesce(counted.owner_count, 0) = 1
    end as has_single_owner,
    coalesce(observations.organization, counted.first_owner) as owner_cluster
from staging.projects as projects
left join staging.observations as observations using (project_id)
left join counted using (project_id)
