-- Grain: one row per tier and month, from 2018 to the month before that in which the index was last seen as a whole.
-- Answers: which share of the projects of a tier has its newest release in a later month?
-- Of those projects whose newest release is dated.
with

counted as (
    select
        tier,
        date_trunc('month', newest_upload_at)::date as newest_month,
        count(*) as project_count
    from projects
    where newest_upload_at is not null
    group by tier, newest_month
),

observed as (
    select date_trunc('month', min(coverage.observed_on)) - interval 1 month as last_month
    from coverage
    where coverage.measure = 'newest_upload' and coverage.observed_count > 0
),

months as (
    select unnest(generate_series(date '2018-01-01', last_month, interval 1 month))::date as month
    from observed
)

select
    counted.tier,
    months.month,
    coalesce(sum(counted.project_count) filter (where counted.newest_month > months.month), 0)::bigint as numerator,
    sum(counted.project_count)::bigint as denominator,
    numerator / denominator as share
from counted
cross join months
group by counted.tier, months.month
order by counted.tier, months.month
