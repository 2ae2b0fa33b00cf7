-- Grain: one row per project of which a page, a file or a role was observed.
-- Answers: what do the statistics need to know about it?
with

host_kinds as (
    select
        project_id,
        case
            when bool_or(host = 'github.com') then 'github'
            when bool_or(host = 'gitlab.com') then 'gitlab'
            else 'other'
        end as host_kind
    from staging.project_hosts
    group by project_id
)

select
    criticality.project_id,
    criticality.tier,
    host_kinds.host_kind,
    case
        when ownership.organization is not null then 'organization'
        when ownership.is_role_observed then 'individual'
    end as owner_kind,
    criticality.critical_by,
    -- Projects without a known owner stand for themselves; ids of owners follow those of projects.
    if(
        ownership.owner_cluster is null,
        criticality.project_id,
        (select count(*) from staging.projects) + dense_rank() over (order by ownership.owner_cluster)
    ) as cluster_id,
    two_factor.evidence_rank >= 2 as is_shown,
    if(publishing.publishing_evidence in ('not_observable', 'unobserved'), null, publishing.has_provenance)
        as is_attested,
    publishing.had_opportunity,
    uploads.first_upload_at,
    publishing.first_attested_at
from signals.criticality as criticality
inner join signals.two_factor as two_factor using (project_id)
inner join signals.publishing as publishing using (project_id)
inner join signals.uploads as uploads using (project_id)
inner join signals.ownership as ownership using (project_id)
left join host_kinds using (project_id)
where uploads.newest_upload_precision = 'second' or ownership.is_role_observed
order by criticality.project_id
