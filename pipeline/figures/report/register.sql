-- Grain: one row per entry of the risk register whose newest upload is known, the first 40.
-- Answers: which critical projects show no evidence?
select
    position,
    project,
    tier,
    reasons,
    two_factor_evidence,
    publishing_evidence,
    newest_upload_at,
    newest_upload_precision,
    download_rank,
    downloads_30d,
    owner_count,
    dependents_transitive
from risk_register
where two_factor_evidence <> 'unknown'
order by position
limit 40
