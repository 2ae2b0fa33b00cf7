-- Grain: one row per band of ranks, and one with null ranks for all bands together.
-- Answers: which share of the most downloaded projects attests its newest version, as published?
-- 95 % interval of Wilson (1927): a band is a census of one list on one day, and the interval says what chance alone
-- could make of as many independent projects. It is that of pipeline.statistics.proportions.wilson_bounds, and z its
-- NORMAL_QUANTILE: written out, so that the query, which report.json carries, gives every figure of the page by itself.
with

counted as (
    select
        band_first_rank,
        band_last_rank,
        sum(projects)::bigint as projects,
        sum(attested_projects)::bigint as attested_projects,
        sum(github)::bigint as github,
        sum(google)::bigint as google,
        sum(gitlab)::bigint as gitlab,
        max(measured_on) as measured_on,
        max(source) as source
    from attested_share_published
    group by grouping sets ((band_first_rank, band_last_rank), ())
),

spread as (
    select
        *,
        attested_projects / projects as share,
        pow(1.959963984540054, 2) / projects as z2_n
    from counted
    where projects > 0
)

select
    band_first_rank,
    band_last_rank,
    projects,
    attested_projects,
    github,
    google,
    gitlab,
    measured_on,
    source,
    share,
    (share + z2_n / 2 - sqrt(z2_n * (share * (1 - share) + z2_n / 4))) / (1 + z2_n) as share_low,
    (share + z2_n / 2 + sqrt(z2_n * (share * (1 - share) + z2_n / 4))) / (1 + z2_n) as share_high
from spread
order by band_first_rank nulls last
