-- Grain: one row per source, period, project, account and role.
-- Answers: who held which role in each month?
with

of_this_month as (
    select
        month.source,
        month.period,
        projects.project,
        roles.account,
        roles.role
    from staging.roles as roles
    inner join staging.projects as projects using (project_id)
    cross join staging.current_month as month
)

select
    source,
    period,
    project,
    account,
    role
from of_this_month
union all
select
    published.source,
    published.period,
    published.project,
    published.account,
    published.role
from staging.published_roles as published
anti join staging.current_month as month on published.source = month.source and published.period = month.period
order by source, period, project, account, role
