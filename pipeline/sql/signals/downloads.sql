-- Grain: one row per project whose downloads are known.
-- Answers: how often was it downloaded in the 30 days up to the day of observation, mirrors apart?
with

is_counted as (
    select coalesce(bool_or(is_observed), false) as by_day
    from staging.landings
    where landing_table = 'downloads_daily'
),

daily as (
    select
        project_id,
        sum(installer_count + installer_ci_count + other_count + unknown_count)::bigint as downloads_30d
    from staging.downloads_daily
    where day > $observed_on::date - 30 and day <= $observed_on::date
    group by project_id
)

select
    projects.project_id,
    if(is_counted.by_day, coalesce(daily.downloads_30d, 0), totals.download_count) as downloads_30d
from staging.projects as projects
cross join is_counted
left join daily using (project_id)
left join staging.download_totals as totals using (project_id)
where is_counted.by_day or totals.download_count is not null
