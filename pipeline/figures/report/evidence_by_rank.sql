-- Grain: one row per band of download ranks (the first ten, then five a power of ten) and class of evidence.
-- Answers: does evidence fade with popularity?
with

banded as (
    select
        two_factor_evidence as evidence,
        if(download_rank <= 10, 0, floor(5 * log10(download_rank)) - 4)::integer as band,
        download_rank
    from projects
    where download_rank is not null
),

counted as (
    select
        band,
        evidence,
        count(*) as numerator,
        min(min(download_rank)) over (partition by band) as first_rank,
        max(max(download_rank)) over (partition by band) as last_rank
    from banded
    group by band, evidence
),

observed as (
    select
        *,
        (sum(numerator) over (partition by band))::bigint as total,
        (sum(numerator) filter (where evidence <> 'unknown') over (partition by band))::bigint as denominator
    from counted
)

select
    band,
    evidence,
    numerator,
    denominator,
    total,
    first_rank,
    last_rank,
    if(evidence = 'unknown', null, numerator / denominator) as share
from observed
order by band, evidence
