-- Grain: one row per source, period, project and thing that differs from the period before.
-- Answers: who adopted, who regressed, whose roles changed since the last observation?
-- A change counts only where both months observed the thing; from or to "not observed" is none. Evidence is compared
-- where both know the newest upload equally exactly and from the same place (a page lists no deleted file, a log of
-- uploads holds them), and a Trusted Publisher where both looked for provenance: else a project would change when
-- somebody looks at it, or no longer does.
with

observed_periods as (
    select distinct
        source,
        period
    from main.project_history
),

months as (
    select
        source,
        period,
        lag(period) over (partition by source order by period) as previous_period
    from observed_periods
    qualify previous_period is not null
),

history as (
    select
        seen.source,
        seen.period,
        seen.project,
        seen.publisher_kind,
        seen.publisher_repository,
        seen.status,
        seen.newest_upload_precision,
        seen.owner_count is not null as is_role_observed,
        if(seen.two_factor_evidence = 'unknown', null, seen.two_factor_evidence) as two_factor_evidence,
        if(seen.publishing_evidence in ('not_observable', 'unobserved'), null, seen.publishing_evidence)
            as publishing_evidence,
        if(seen.owner_count is null, null, coalesce(seen.organization, '')) as organization
    from main.project_history as seen
    semi join months using (source)
),

pairs as (
    select
        months.source,
        months.period,
        months.previous_period,
        now_.project,
        was.two_factor_evidence as two_factor_evidence_before,
        if(
            was.newest_upload_precision = now_.newest_upload_precision
            -- A page that was read shows a status.
            and (was.status is null) = (now_.status is null)
            and (was.publishing_evidence is not null or now_.two_factor_evidence <> 'trusted_publisher')
            and (now_.publishing_evidence is not null or was.two_factor_evidence <> 'trusted_publisher'),
            now_.two_factor_evidence,
            null
        ) as two_factor_evidence_after,
        was.publishing_evidence as publishing_evidence_before,
        now_.publishing_evidence as publishing_evidence_after,
        was.publisher_kind as publisher_kind_before,
        now_.publisher_kind as publisher_kind_after,
        was.publisher_repository as publisher_repository_before,
        now_.publisher_repository as publisher_repository_after,
        was.organization as organization_before,
        now_.organization as organization_after,
        was.status as status_before,
        now_.status as status_after,
        was.is_role_observed and now_.is_role_observed as is_role_observed
    from months
    inner join history as now_ on months.source = now_.source and months.period = now_.period
    inner join history as was
        on months.source = was.source and months.previous_period = was.period and now_.project = was.project
),

compared as (
    select
        source,
        period,
        previous_period,
        project,
        unnest([
            {
                'what': 'two_factor_evidence',
                'before': two_factor_evidence_before,
                'after': two_factor_evidence_after
            },
            {
                'what': 'publishing_evidence',
                'before': publishing_evidence_before,
                'after': publishing_evidence_after
            },
            { 'what': 'publisher_kind', 'before': publisher_kind_before, 'after': publisher_kind_after },
            {
                'what': 'publisher_repository',
                'before': publisher_repository_before,
                'after': publisher_repository_after
            },
            { 'what': 'organization', 'before': organization_before, 'after': organization_after },
            { 'what': 'status', 'before': status_before, 'after': status_after }
        ], recursive := true)
    from pairs
),

-- Of the projects whose roles both months observed: a role that only one of the months shows.
roles as (
    select
        pairs.source,
        pairs.period,
        pairs.previous_period,
        pairs.project,
        held.role as what,
        if(any_value(held.period) = pairs.previous_period, held.account, null) as before,
        if(any_value(held.period) = pairs.period, held.account, null) as after
    from pairs
    inner join main.role_history as held
        on
            pairs.source = held.source
            and pairs.project = held.project
            and held.period in (pairs.period, pairs.previous_period)
    where pairs.is_role_observed
    group by pairs.source, pairs.period, pairs.previous_period, pairs.project, held.role, held.account
    having count(*) = 1
)

select
    source,
    period,
    previous_period,
    project,
    what,
    nullif(before, '') as before,
    nullif(after, '') as after
from compared
-- Hosts of repositories do not tell capitals from small letters.
where before <> after and (what <> 'publisher_repository' or lower(before) <> lower(after))
union all
select
    source,
    period,
    previous_period,
    project,
    what,
    before,
    after
from roles
order by source, period, project, what, before, after
