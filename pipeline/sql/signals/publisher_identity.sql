-- Grain: one row per project whose publisher identity is known.
-- Answers: who publishes the project, and is it still the same repository as at first?
with

-- Each as a whole: taken column by column, what the newest publisher lacks would come from an older one.
ends as (
    select
        project_id,
        arg_max(
            { 'kind': publisher_kind, 'repository': publisher_repository },
            { 'uploaded_at': uploaded_at, 'version_id': version_id }
        ) as newest,
        arg_min(
            { 'kind': publisher_kind, 'repository': publisher_repository },
            { 'uploaded_at': uploaded_at, 'version_id': version_id }
        ) as first
    from staging.publishers
    group by project_id
)

select
    project_id,
    newest['kind'] as publisher_kind,
    newest['repository'] as publisher_repository,
    lower(newest['repository']) <> lower(first['repository']) as has_repository_changed
from ends
