-- Grain: one row per source, period and project that was ranked or observed.
-- Answers: what was known about a project in each month?
with

of_this_month as (
    select
        month.source,
        month.period,
        month.observed_on,
        projects.project,
        projects.tier,
        projects.two_factor_evidence,
        projects.publishing_evidence,
        projects.publisher_kind,
        projects.publisher_repository,
        projects.organization,
        projects.status,
        projects.download_rank,
        projects.downloads_30d,
        projects.owner_count,
        projects.newest_upload_at,
        projects.newest_upload_precision,
        projects.first_attested_at,
        if(observations.is_page_read, observations.observed_at::date, null) as page_read_on
    from main.projects as projects
    cross join staging.current_month as month
    left join staging.observations as observations using (project_id)
    where
        projects.download_rank is not null
        or projects.newest_upload_precision = 'second'
        or projects.owner_count is not null
)

select
    source,
    period,
    observed_on,
    project,
    tier,
    two_factor_evidence,
    publishing_evidence,
    publisher_kind,
    publisher_repository,
    organization,
    status,
    download_rank,
    downloads_30d,
    owner_count,
    newest_upload_at,
    newest_upload_precision,
    first_attested_at,
    page_read_on
from of_this_month
union all
select
    published.source,
    published.period,
    published.observed_on,
    published.project,
    published.tier,
    published.two_factor_evidence,
    published.publishing_evidence,
    published.publisher_kind,
    published.publisher_repository,
    published.organization,
    published.status,
    published.download_rank,
    published.downloads_30d,
    published.owner_count,
    published.newest_upload_at,
    published.newest_upload_precision,
    published.first_attested_at,
    published.page_read_on
from staging.published_projects as published
anti join staging.current_month as month on published.source = month.source and published.period = month.period
order by source, period, project
