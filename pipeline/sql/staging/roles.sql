-- Grain: one row per project, account and role.
-- Answers: which accounts hold which role today?
-- User names of the index are unique whatever their case.
select distinct
    spellings.project_id,
    lower(roles.account) as account,
    roles.role
from raw.roles as roles
inner join staging.spellings as spellings using (project_name)
