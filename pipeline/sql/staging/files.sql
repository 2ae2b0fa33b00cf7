-- Grain: one row per uploaded file of a project of the index.
-- Answers: what was uploaded when, is it listed, and does it carry provenance?
-- Sorted, so that the history of one project lies in one place.
with

-- What a name tells is brought together first, so that each file looks it up once.
names as (
    select
        spellings.project_name,
        spellings.project_id,
        coalesce(observations.is_page_read, false) as is_page_read,
        coalesce(observations.is_provenance_observable, false) as is_provenance_observable
    from staging.spellings as spellings
    left join staging.observations as observations on spellings.project_id = observations.project_id
)

-- Where the page of a project was read, a file is listed or is not. A row that does not say so is the record of a log
-- of uploads, which stands again, merged with the page, in what was landed beside it.
select
    names.project_id,
    versions.version_id,
    versions.is_prerelease,
    files.is_listed,
    files.is_yanked,
    if(names.is_provenance_observable, files.has_provenance, null) as has_provenance,
    files.uploaded_at
from raw.files as files
inner join names using (project_name)
inner join staging.versions as versions using (version)
where files.is_listed is not null or not names.is_page_read
order by names.project_id, files.uploaded_at
