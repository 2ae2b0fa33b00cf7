-- Grain: one row per project and other project that it needs.
-- Answers: what does an installation without extras bring along, in the stated environment?
select distinct
    project_id,
    dependency_id
from staging.requirements
where applies and dependency_id is not null and dependency_id <> project_id
