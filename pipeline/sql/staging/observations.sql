-- Grain: one row per project whose page was asked for.
-- Answers: what did the index answer about the project, and could provenance be seen at all?
with

seen as (
    select
        spellings.project_id,
        observations.project_name,
        observations.api_version,
        observations.status,
        observations.organization,
        observations.failure,
        observations.landed_by,
        observations.is_role_observed,
        observations.observed_at
    from raw.observations as observations
    inner join staging.spellings as spellings using (project_name)
),

-- Hardly a project was asked for twice, and to put all rows in order would take longer than everything else here.
repeated as (
    select project_id
    from seen
    group by project_id
    having count(*) > 1
),

newest as (
    select seen.*
    from seen
    anti join repeated using (project_id)
    union all
    select seen.*
    from seen
    semi join repeated using (project_id)
    qualify
        row_number() over (
            partition by project_id order by seen.observed_at desc, seen.landed_by asc, seen.project_name asc
        ) = 1
)

select
    project_id,
    coalesce(status, if(api_version is null, null, 'active')) as status,
    organization,
    failure,
    landed_by,
    api_version is not null as is_page_read,
    is_role_observed,
    coalesce(
        split_part(api_version, '.', 1)::integer > 1 or split_part(api_version, '.', 2)::integer >= 3, false
    ) as is_provenance_observable,
    observed_at
from newest
