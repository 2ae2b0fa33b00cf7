-- Grain: one row per source, period, project and thing that differs from the period before.
-- Answers: who adopted, who regressed, whose roles changed since the last observation?
-- A change counts only where both months observed the thing; from or to "not observed" is none.
with

observed_periods as (
    select distinct
        source,
        period
    from main.project_history
),

periods as (
    select
        source,
        period,
        lag(period) over (partition by source order by period) as previous_period
    from observed_periods
),

history as (
    select
        *,
        if(two_factor_evidence = 'unknown', null, two_factor_evidence) as known_evidence,
        if(publishing_evidence in ('not_observable', 'unobserved'), null, publishing_evidence) as known_publishing,
        if(owner_count is null, null, coalesce(organization, '')) as known_organization
    from main.project_history
),

compared as (
    select
        periods.source,
        periods.period,
        periods.previous_period,
        now_.project,
        unnest([
            { 'what': 'two_factor_evidence', 'before': was.known_evidence, 'after': now_.known_evidence },
            { 'what': 'publishing_evidence', 'before': was.known_publishing, 'after': now_.known_publishing },
            { 'what': 'publisher_kind', 'before': was.publisher_kind, 'after': now_.publisher_kind },
            {
                'what': 'publisher_repository',
                'before': was.publisher_repository,
                'after': now_.publisher_repository
            },
            { 'what': 'organization', 'before': was.known_organization, 'after': now_.known_organization },
            { 'what': 'status', 'before': was.status, 'after': now_.status }
        ], recursive := true)
    from periods
    inner join history as now_ on periods.source = now_.source and periods.period = now_.period
    inner join history as was
        on
            periods.source = was.source
            and periods.previous_period = was.period
            and now_.project = was.project
),

-- Projects whose roles both months observed.
comparable as (
    select
        periods.source,
        periods.period,
        periods.previous_period,
        now_.project
    from periods
    inner join history as now_ on periods.source = now_.source and periods.period = now_.period
    inner join history as was
        on
            periods.source = was.source
            and periods.previous_period = was.period
            and now_.project = was.project
    where now_.owner_count is not null and was.owner_count is not null
),

roles_lost as (
    select
        comparable.*,
        roles.role,
        roles.account
    from comparable
    inner join main.role_history as roles
        on
            comparable.source = roles.source
            and comparable.previous_period = roles.period
            and comparable.project = roles.project
    anti join main.role_history as kept
        on
            comparable.source = kept.source
            and comparable.period = kept.period
            and comparable.project = kept.project
            and roles.account = kept.account
            and roles.role = kept.role
),

roles_gained as (
    select
        comparable.*,
        roles.role,
        roles.account
    from comparable
    inner join main.role_history as roles
        on
            comparable.source = roles.source
            and comparable.period = roles.period
            and comparable.project = roles.project
    anti join main.role_history as held
        on
            comparable.source = held.source
            and comparable.previous_period = held.period
            and comparable.project = held.project
            and roles.account = held.account
            and roles.role = held.role
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
where before <> after
union all
select
    source,
    period,
    previous_period,
    project,
    role as what,
    account as before,
    null as after
from roles_lost
union all
select
    source,
    period,
    previous_period,
    project,
    role as what,
    null as before,
    account as after
from roles_gained
order by source, period, project, what, before, after
