-- Grain: one row per account with a role.
-- Answers: what could be reached through it, and is it shown to have a second factor?
select
    account,
    project_count,
    owned_project_count,
    critical_project_count,
    downloads_30d_reachable,
    single_owner_project_count,
    shown_two_factor
from signals.accounts
order by critical_project_count desc, downloads_30d_reachable desc nulls last, account asc
