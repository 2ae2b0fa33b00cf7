-- Grain: one row per project of the index.
-- Answers: how critical is a project, and what is known about the protection of its uploads?
select
    projects.project_id,
    projects.project,
    criticality.tier,
    versions.version as newest_version,
    publishing.newest_release_kind,
    uploads.newest_upload_precision,
    two_factor.two_factor_evidence,
    publishing.publishing_evidence,
    identity.publisher_kind,
    identity.publisher_repository,
    ownership.organization,
    observations.status,
    criticality.critical_by,
    criticality.download_rank,
    criticality.downloads_30d,
    ownership.owner_count,
    ownership.maintainer_count,
    criticality.dependents_direct,
    criticality.dependents_transitive,
    criticality.pagerank,
    criticality.is_top1pct,
    criticality.is_mass80,
    criticality.is_top_dependents,
    criticality.is_top_pagerank,
    ownership.has_single_owner,
    publishing.is_host_supported,
    publishing.had_opportunity,
    publishing.has_regressed,
    identity.has_repository_changed,
    uploads.first_upload_at,
    uploads.newest_upload_at,
    publishing.first_attested_at
from staging.projects as projects
inner join signals.criticality as criticality using (project_id)
inner join signals.uploads as uploads using (project_id)
inner join signals.two_factor as two_factor using (project_id)
inner join signals.publishing as publishing using (project_id)
inner join signals.ownership as ownership using (project_id)
left join signals.publisher_identity as identity using (project_id)
left join staging.observations as observations using (project_id)
left join staging.versions as versions on publishing.newest_version_id = versions.version_id
order by criticality.download_rank nulls last, projects.project_id
