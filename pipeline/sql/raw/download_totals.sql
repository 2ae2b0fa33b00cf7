-- Grain: one row per project of a published list of download counts.
-- Answers: how often was the project downloaded in about 30 days, by somebody else's count?
select
    project_name,
    download_count
from read_parquet(getvariable('download_totals'))
