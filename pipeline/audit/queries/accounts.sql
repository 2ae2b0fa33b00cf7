-- Grain: one row per account, project and role.
-- Answers: who holds which role, and is the account shown to have a second factor?
select
    projects.project,
    roles.account,
    roles.role,
    accounts.shown_two_factor is not null as is_shown_two_factor
from staging.roles as roles
inner join staging.projects as projects using (project_id)
inner join main.accounts as accounts on roles.account = accounts.account
order by projects.project, roles.account, roles.role
