-- Grain: one row per project and requirement of its newest release.
-- Answers: which project does a requirement name, and when does it apply?
-- Where the page of a project was read, what it says of the newest release counts, not what a log of uploads says.
with

-- What a name tells is brought together first, so that each requirement looks it up once.
names as (
    select
        spellings.project_name,
        spellings.project_id,
        if(observations.is_page_read, observations.landed_by, null) as page_landed_by
    from staging.spellings as spellings
    left join staging.observations as observations on spellings.project_id = observations.project_id
)

select
    names.project_id,
    required.project_id as dependency_id,
    terms.required_name,
    terms.is_valid,
    terms.applies
from raw.requirements as requirements
inner join names using (project_name)
inner join staging.requirement_terms as terms using (requirement)
left join staging.projects as required on terms.required_name = required.project
where names.page_landed_by is null or requirements.landed_by = names.page_landed_by
