-- Grain: one row per source, period, project, account and role that an earlier build observed.
-- Answers: who held which role in other months?
select
    source,
    period,
    project,
    account,
    role
from published_roles
