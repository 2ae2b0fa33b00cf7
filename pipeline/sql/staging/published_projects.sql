-- Grain: one row per source, period and project that an earlier build observed.
-- Answers: what was known in other months?
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
from raw.published_projects
