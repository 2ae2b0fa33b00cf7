-- Grain: one row per cohort of projects by year of their first upload, and month since the index shows provenance.
-- Answers: do young projects attest sooner than old ones?
-- A month counts the projects that existed by its end.
with

observed as (
    select
        first_upload_at,
        first_attested_at,
        case
            when first_upload_at < '2015-01-01' then 0
            when first_upload_at < '2019-01-01' then 1
            when first_upload_at < '2022-01-01' then 2
            when first_upload_at < '2024-10-01' then 3
            else year(first_upload_at) - 2020
        end as cohort_order
    from projects
    where first_upload_at is not null and publishing_evidence not in ('unobserved', 'not_observable')
),

named as (
    select
        first_upload_at,
        first_attested_at,
        cohort_order,
        case cohort_order
            when 0 then 'before 2015'
            when 1 then '2015 to 2018'
            when 2 then '2019 to 2021'
            when 3 then '2022 to 2024-09'
            when 4 then '2024-10 to 2024-12'
            else (2020 + cohort_order)::varchar
        end as cohort
    from observed
),

months as (
    select unnest(generate_series(
        (select date_trunc('month', provenance_from)::date from runs),
        (select date_trunc('month', observed_on)::date from runs),
        interval 1 month
    ))::date as month
)

select
    named.cohort,
    named.cohort_order,
    months.month,
    count(*) filter (where named.first_attested_at < months.month + interval 1 month) as numerator,
    count(*) as denominator,
    numerator / denominator as share
from named
inner join months on named.first_upload_at < months.month + interval 1 month
group by named.cohort, named.cohort_order, months.month
order by named.cohort_order, months.month
