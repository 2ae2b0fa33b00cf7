-- Grain: one row per project whose publisher identity is known.
-- Answers: who publishes the project, and is it still the same repository as at first?
select
    project_id,
    arg_max(publisher_kind, uploaded_at) as publisher_kind,
    arg_max(publisher_repository, uploaded_at) as publisher_repository,
    arg_max(publisher_workflow, uploaded_at) as publisher_workflow,
    arg_max(publisher_environment, uploaded_at) as publisher_environment,
    arg_min(publisher_repository, uploaded_at) as first_publisher_repository,
    lower(arg_max(publisher_repository, uploaded_at)) <> lower(arg_min(publisher_repository, uploaded_at))
        as has_repository_changed
from staging.publishers
group by project_id
