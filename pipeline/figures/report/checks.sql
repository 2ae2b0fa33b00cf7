-- Grain: one row per check.
-- Answers: what was held against what before this file was published?
select
    name,
    severity,
    status,
    value::double as value,
    bound,
    reason
from checks
order by if(status = 'failed', 0, 1), status, name
