-- Grain: one row per incident.
-- Answers: what is published, with dates as dates?
select
    date,
    id,
    vector,
    projects_affected,
    project_criticality,
    would_2fa_have_prevented,
    reason_2fa,
    would_trusted_publishing_have_prevented,
    reason_trusted_publishing,
    exposure,
    source,
    coalesce(try_strptime(date, '%Y-%m-%d'), strptime(date, '%Y-%m'))::date as incident_date
from raw.incidents
