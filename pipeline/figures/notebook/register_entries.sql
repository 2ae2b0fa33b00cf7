-- Grain: one row per entry of the risk register.
-- Answers: which critical projects show nothing, and which facts speak?
-- Where only the month of the newest upload is known, no day is shown.
select
    position,
    project,
    download_rank,
    if(
        newest_upload_precision = 'month', strftime(newest_upload_at, '%Y-%m'), strftime(newest_upload_at, '%Y-%m-%d')
    ) as newest_upload,
    dependents_transitive,
    owner_count,
    reasons
from risk_register
order by position
