-- Grain: one row per requirement of the newest release of a project.
-- Answers: what does the project declare to need?
select
    project_name,
    requirement,
    parse_path(filename)[-3] as landed_by
from read_parquet(getvariable('requirements'), filename = true)
