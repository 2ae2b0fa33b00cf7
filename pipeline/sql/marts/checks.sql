-- Grain: one row per check.
-- Answers: what was held against what, before this file was published?
select
    name,
    severity,
    status,
    bound,
    reason,
    value
from check_results
order by status, severity, name
