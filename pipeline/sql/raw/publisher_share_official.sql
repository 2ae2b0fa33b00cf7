-- Grain: one row per month.
-- Answers: what is published?
select
    month,
    publisher_share_pct,
    publisher_share_error_pp,
    files,
    files_error,
    source
from read_parquet(getvariable('publisher_share_official'))
