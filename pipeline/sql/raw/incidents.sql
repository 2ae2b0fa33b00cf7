-- Grain: one row per incident.
-- Answers: what is published?
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
    source
from read_parquet(getvariable('incidents'))
