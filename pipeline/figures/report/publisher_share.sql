-- Grain: one row per month.
-- Answers: which share of the files uploaded in a month came from Trusted Publishers, as published?
select
    month,
    publisher_share_pct / 100 as share,
    (publisher_share_pct - publisher_share_error_pp) / 100 as share_low,
    (publisher_share_pct + publisher_share_error_pp) / 100 as share_high,
    publisher_share_error_pp / 100 as share_error,
    files,
    files_error,
    source
from publisher_share_official
order by month
