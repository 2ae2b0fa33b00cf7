-- Grain: one row per project of whose newest attested release the publisher is known.
-- Answers: who publishes the project, and is it still the same repository as at first?
-- Where the index did not say who published the newest attested release, an older publisher does not stand for it.
with

attested as (
    select
        files.project_id,
        arg_min(versions.release_first_id, files.uploaded_at) as first_release_id,
        -- Versions that PEP 440 does not know have negative numbers, and come before all others.
        arg_max(
            versions.release_first_id,
            { 'is_valid': versions.is_valid, 'place': abs(versions.release_first_id) }
        ) as newest_release_id
    from staging.files as files
    inner join staging.versions as versions using (version_id)
    where files.has_provenance and files.is_listed is not false
    group by files.project_id
),

known as (
    select
        publishers.project_id,
        attested.first_release_id,
        attested.newest_release_id,
        versions.release_first_id as release_id,
        { 'uploaded_at': publishers.uploaded_at, 'version_id': publishers.version_id } as place,
        { 'kind': publishers.publisher_kind, 'repository': publishers.publisher_repository } as publisher
    from staging.publishers as publishers
    inner join staging.versions as versions using (version_id)
    inner join attested using (project_id)
),

-- Each as a whole: taken column by column, what one publisher lacks would come from another one.
ends as (
    select
        project_id,
        arg_min(publisher, place) filter (where release_id = newest_release_id) as newest,
        arg_min(publisher, place) filter (where release_id = first_release_id) as first
    from known
    group by project_id
)

select
    project_id,
    newest['kind'] as publisher_kind,
    newest['repository'] as publisher_repository,
    lower(newest['repository']) <> lower(first['repository'])
    or (newest['kind'] <> first['kind'] and newest['repository'] is not null and first['repository'] is not null)
        as has_repository_changed
from ends
where newest is not null
