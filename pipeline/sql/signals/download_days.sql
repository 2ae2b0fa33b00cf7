-- Grain: one row per day of the 30 days up to the day of observation, where downloads by day are observed.
-- Answers: was the day counted at all, and does it look like the other days of its kind?
with

is_counted as (
    select coalesce(bool_or(is_observed), false) as by_day
    from staging.landings
    where landing_table = 'downloads_daily'
),

days as (
    select unnest(generate_series($observed_on::date - 29, $observed_on::date, interval 1 day))::date as day
),

totals as (
    select
        days.day,
        isodow(days.day) > 5 as is_weekend,
        coalesce(
            sum(
                downloads.installer_count + downloads.installer_ci_count + downloads.mirror_count
                + downloads.other_count + downloads.unknown_count
            ),
            0
        )::bigint as download_count
    from days
    cross join is_counted
    left join staging.downloads_daily as downloads using (day)
    where is_counted.by_day
    group by days.day
)

select
    day,
    download_count,
    is_weekend,
    download_count / nullif(median(download_count) over (partition by is_weekend), 0) as ratio_to_usual
from totals
