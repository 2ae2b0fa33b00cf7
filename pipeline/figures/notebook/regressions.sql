-- Grain: one row per project whose earlier files carried provenance and whose newest release carries none.
-- Answers: who went back, the most used first?
select
    project,
    tier,
    download_rank,
    newest_upload_at::date as newest_upload_at,
    publishing_evidence,
    first_attested_at::date as first_attested_at
from projects
where has_regressed
order by download_rank nulls last, project
