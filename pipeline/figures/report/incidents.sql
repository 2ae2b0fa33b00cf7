-- Grain: one row per incident.
-- Answers: what happened, and would either measure have prevented it?
select
    date,
    id,
    vector,
    projects_affected,
    would_2fa_have_prevented as two_factor_verdict,
    reason_2fa as two_factor_reason,
    would_trusted_publishing_have_prevented as publishing_verdict,
    reason_trusted_publishing as publishing_reason,
    exposure,
    source
from incidents
order by incident_date, id
