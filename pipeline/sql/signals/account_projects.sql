-- Grain: one row per account and project.
-- Answers: which account reaches which project?
select distinct
    account,
    project_id
from staging.roles
order by account, project_id
