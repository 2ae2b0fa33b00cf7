-- Grain: one row per band of download ranks (five a power of ten), quarter of the newest upload, and class of evidence.
-- Answers: do the most downloaded projects show evidence, and since when?
-- What is older than 2015 stands in the first quarter of 2015.
with

ranked as (
    select
        if(download_rank <= 10, 0, floor(5 * log10(download_rank)) - 4)::integer as band,
        download_rank,
        greatest(date_trunc('month', newest_upload_at)::date, date '2015-01-01') as upload_month,
        if(two_factor_evidence in ('none', 'announced'), two_factor_evidence, 'enforced') as evidence
    from projects
    where download_rank is not null and newest_upload_at is not null
),

bands as (
    select
        band,
        min(download_rank) as first_rank,
        max(download_rank) as last_rank,
        count(*) as denominator
    from ranked
    group by band
)

select
    bands.first_rank,
    bands.last_rank,
    ranked.evidence,
    min(ranked.upload_month) as from_month,
    (max(ranked.upload_month) + interval 1 month)::date as to_month,
    count(*) as projects,
    bands.denominator,
    projects / bands.denominator as share
from ranked
inner join bands using (band)
group by
    bands.first_rank, bands.last_rank, bands.denominator, ranked.evidence, date_trunc('quarter', ranked.upload_month)
order by bands.first_rank, from_month, ranked.evidence
