-- Grain: one row per project whose page was asked for.
-- Answers: what did the index answer about the project, and could provenance be seen at all?
select
    spellings.project_id,
    observations.api_version,
    coalesce(observations.status, if(observations.api_version is null, null, 'active')) as status,
    observations.organization,
    observations.failure,
    observations.landed_by,
    observations.api_version is not null as is_page_read,
    observations.is_role_observed,
    coalesce(
        split_part(observations.api_version, '.', 1)::integer > 1
        or split_part(observations.api_version, '.', 2)::integer >= 3,
        false
    ) as is_provenance_observable,
    observations.observed_at
from raw.observations as observations
inner join staging.spellings as spellings using (project_name)
semi join staging.projects using (project_id)
qualify row_number() over (partition by spellings.project_id order by observations.observed_at desc) = 1
