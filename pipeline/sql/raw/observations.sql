-- Grain: one row per project whose page was asked for.
-- Answers: what did the index answer about the project itself?
select
    project_name,
    api_version,
    status,
    organization,
    failure,
    parse_path(filename)[-3] as landed_by,
    roles_observed as is_role_observed,
    observed_at at time zone 'UTC' as observed_at
from read_parquet(getvariable('observations'), filename = true)
