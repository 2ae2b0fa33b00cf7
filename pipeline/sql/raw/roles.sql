-- Grain: one row per project, account and role.
-- Answers: which accounts hold which role today?
select
    project_name,
    account,
    role
from read_parquet(getvariable('roles'))
