-- Grain: one row per source, period, project, account and role.
-- Answers: who held which role in each month?
with

current_month as (
    select
        runs.source,
        runs.period,
        projects.project,
        roles.account,
        roles.role
    from staging.roles as roles
    inner join staging.projects as projects using (project_id)
    cross join staging.runs as runs
)

select
    source,
    period,
    project,
    account,
    role
from current_month
union all
select
    published.source,
    published.period,
    published.project,
    published.account,
    published.role
from staging.published_roles as published
anti join staging.runs as runs on published.source = runs.source and published.period = runs.period
order by source, period, project, account, role
