-- Grain: one row per incident and measure.
-- Answers: would the measure have prevented the incident, and why?
select
    id,
    date,
    vector,
    '2FA' as measure,
    would_2fa_have_prevented as verdict,
    reason_2fa as reason,
    incident_date
from incidents
union all
select
    id,
    date,
    vector,
    'Trusted Publishing' as measure,
    would_trusted_publishing_have_prevented as verdict,
    reason_trusted_publishing as reason,
    incident_date
from incidents
order by incident_date, id, measure
