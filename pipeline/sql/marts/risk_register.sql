-- Grain: one row per critical project whose newest upload proves nothing about two-factor authentication.
-- Answers: which projects that many depend on could still be in the hands of one stolen password or token?
-- Ordered by what an attacker would reach: downloads, then rank, then dependents. No score: the reasons are facts.
with

critical as (
    select
        criticality.*,
        projects.project,
        two_factor.two_factor_evidence,
        publishing.publishing_evidence,
        publishing.has_regressed,
        uploads.newest_upload_at,
        uploads.newest_upload_precision,
        ownership.owner_count,
        ownership.organization,
        ownership.has_single_owner,
        observations.status
    from signals.criticality as criticality
    inner join staging.projects as projects using (project_id)
    inner join signals.two_factor as two_factor using (project_id)
    inner join signals.publishing as publishing using (project_id)
    inner join signals.uploads as uploads using (project_id)
    inner join signals.ownership as ownership using (project_id)
    left join staging.observations as observations using (project_id)
    where
        len(criticality.critical_by) > 0
        and two_factor.two_factor_evidence in ('none', 'announced', 'unknown')
)

select
    row_number() over (
        order by downloads_30d desc nulls last, download_rank asc nulls last, dependents_transitive desc, project asc
    ) as position,
    project,
    tier,
    critical_by,
    list_filter(
        [
            if(two_factor_evidence = 'none', 'no_upload_since_mandate', null),
            if(two_factor_evidence = 'announced', 'no_upload_since_enforcement', null),
            if(two_factor_evidence = 'unknown', 'newest_upload_unknown', null),
            if(has_single_owner, 'single_owner', null),
            if(owner_count = 0 and organization is null, 'no_owner_shown', null),
            if(has_regressed, 'attested_before', null),
            if(status = 'archived', 'archived', null),
            if(status = 'quarantined', 'quarantined', null)
        ],
        lambda reason: reason is not null
    ) as reasons,
    two_factor_evidence,
    publishing_evidence,
    newest_upload_precision,
    organization,
    status,
    download_rank,
    downloads_30d,
    dependents_direct,
    dependents_transitive,
    owner_count,
    has_single_owner,
    has_regressed,
    newest_upload_at
from critical
order by position
