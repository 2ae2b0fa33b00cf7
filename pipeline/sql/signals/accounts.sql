-- Grain: one row per account with a role.
-- Answers: what could be reached through it, and is it shown to have a second factor?
-- Shown: it is the only role holder of a project without organization whose newest file without provenance is from
-- after tokens began to need 2FA, so that among today's role holders nobody else can have uploaded that file (a
-- publisher without attestations and people who have left aside, see the methodology).
with

roles as (
    select
        roles.account,
        roles.project_id,
        bool_or(roles.role = 'Owner') as is_owner
    from staging.roles as roles
    group by roles.account, roles.project_id
)

select
    roles.account,
    count(*) as project_count,
    count(*) filter (where roles.is_owner) as owned_project_count,
    -- As everywhere, a definition that was not observed makes nothing critical.
    if(
        count(criticality.is_top1pct) = 0 and count(criticality.is_mass80) = 0,
        null,
        count(*) filter (where criticality.is_top1pct or criticality.is_mass80)
    ) as critical_project_count,
    sum(criticality.downloads_30d)::bigint as downloads_30d_reachable,
    count(*) filter (where ownership.has_single_owner and roles.is_owner) as single_owner_project_count,
    if(
        bool_or(
            ownership.account_count = 1
            and ownership.organization is null
            and uploads.newest_unattested_upload_at >= $enforced_from
        ),
        true, null
    ) as shown_two_factor
from roles
inner join signals.criticality as criticality using (project_id)
inner join signals.ownership as ownership using (project_id)
inner join signals.uploads as uploads using (project_id)
group by roles.account
