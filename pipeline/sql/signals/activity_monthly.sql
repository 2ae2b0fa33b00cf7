-- Grain: one row per complete month from 2019 on.
-- Answers: which share of the projects that exist is uploaded to?
with

months as (
    select unnest(generate_series(date '2019-01-01', $observed_on::date, interval 1 month))::date as month
),

active as (
    select
        date_trunc('month', uploaded_on)::date as month,
        count(distinct project_id) as active_count
    from signals.upload_days
    group by date_trunc('month', uploaded_on)
),

created as (
    select
        date_trunc('month', first_upload_at)::date as month,
        count(*) as created_count
    from signals.uploads
    where first_upload_at is not null
    group by date_trunc('month', first_upload_at)
)

select
    months.month,
    coalesce(active.active_count, 0) as active_count,
    (
        select coalesce(sum(created.created_count), 0) from created
        where created.month <= months.month)::bigint
        as existing_count
from months
left join active using (month)
where
    months.month + interval 1 month <= $observed_on::date + 1
    and exists (select 1 from signals.upload_days)
order by months.month
