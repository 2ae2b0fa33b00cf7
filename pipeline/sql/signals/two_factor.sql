-- Grain: one row per project.
-- Answers: what does the newest upload prove about two-factor authentication?
-- With month precision, the month that holds a cut date falls into the weaker class; a day lies on one side of a cut.
with

dated as (
    select
        uploads.project_id,
        publishing.has_provenance,
        uploads.newest_upload_at,
        if(
            uploads.newest_upload_precision = 'month',
            uploads.newest_upload_at > date_trunc('month', $enforced_from::date),
            uploads.newest_upload_at >= $enforced_from::date
        ) as is_enforced,
        if(
            uploads.newest_upload_precision = 'month',
            uploads.newest_upload_at > date_trunc('month', $announced_from::date),
            uploads.newest_upload_at >= $announced_from::date
        ) as is_announced
    from signals.uploads as uploads
    inner join signals.publishing as publishing using (project_id)
)

select
    project_id,
    case
        when has_provenance then 'trusted_publisher'
        when newest_upload_at is null then 'unknown'
        when is_enforced then 'enforced'
        when is_announced then 'announced'
        else 'none'
    end as two_factor_evidence,
    case
        when has_provenance then 3
        when newest_upload_at is null then null
        when is_enforced then 2
        when is_announced then 1
        else 0
    end as evidence_rank
from dated
