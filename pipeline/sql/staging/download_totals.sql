-- Grain: one row per project of a published list of download counts.
-- Answers: how often was the project downloaded in about 30 days, by somebody else's count?
select
    spellings.project_id,
    sum(totals.download_count)::bigint as download_count
from raw.download_totals as totals
inner join staging.spellings as spellings using (project_name)
group by spellings.project_id
