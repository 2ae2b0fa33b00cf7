-- Grain: one row per month.
-- Answers: what is published, with dates as dates?
select
    strptime(month, '%Y-%m')::date as month,
    publisher_share_pct,
    publisher_share_error_pp,
    files,
    files_error,
    source
from raw.publisher_share_official
