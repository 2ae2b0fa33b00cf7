-- Grain: one row per requirement of the newest release of a project.
-- Answers: what does the project declare to need?
select
    project_name,
    version,
    requirement
from read_parquet($requirements)
