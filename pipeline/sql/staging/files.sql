-- Grain: one row per uploaded file of a project of the index.
-- Answers: what was uploaded when, is it listed, and does it carry provenance?
-- Sorted, so that the history of one project lies in one place.
-- Where the page of a project was read, a file is listed or is not. A row that does not say so is the record of a log
-- of uploads, which stands again, merged with the page, in what was landed beside it.
with

files as (
    select
        spellings.project_id,
        versions.version_id,
        versions.is_prerelease,
        files.is_listed,
        files.is_yanked,
        files.has_provenance,
        files.uploaded_at
    from raw.files as files
    inner join staging.spellings as spellings using (project_name)
    inner join staging.versions as versions using (version)
)

select
    files.project_id,
    files.version_id,
    files.is_prerelease,
    files.is_listed,
    files.is_yanked,
    if(observations.is_provenance_observable, files.has_provenance, null) as has_provenance,
    files.uploaded_at
from files
semi join staging.projects using (project_id)
left join staging.observations as observations using (project_id)
where files.is_listed is not null or not coalesce(observations.is_page_read, false)
order by files.project_id, files.uploaded_at
