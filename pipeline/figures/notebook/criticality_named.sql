-- Grain: one row per project of the register, the 40 most downloaded ones.
-- Answers: which ones are they?
select
    project,
    download_rank,
    newest_upload_at::date as newest_upload_at
from risk_register
where download_rank is not null and newest_upload_at is not null
order by download_rank
limit 40
