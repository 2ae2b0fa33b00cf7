-- Grain: one row per published figure that can be set beside one of ours.
-- Answers: what was published, what do we find, and why do they differ?
-- Published values come from the reference tables; the last row holds what was counted from a public list.
with

published as (
    select
        metric,
        as_of,
        as_of_date,
        value,
        source,
        row_number() over (partition by metric order by as_of_date desc) as age
    from official_figures
),

newest as (
    select * from published
    where age = 1
),

top_500 as (
    select
        sum(attested_projects)::bigint as numerator,
        sum(projects)::bigint as denominator,
        max(measured_on)::varchar as as_of,
        max(source) as source
    from attested_share_published
),

files_of_2025 as (
    select
        sum(numerator)::bigint as numerator,
        sum(denominator)::bigint as denominator
    from adoption_monthly
    where measure = 'attested' and unit = 'files' and tier = 'all' and year(month) = 2025
),

by_rank as (
    select
        count(*) filter (where publishing_evidence in ('attested', 'partly_attested')) as numerator,
        count(*) as denominator
    from projects
    where download_rank <= 500 and publishing_evidence not in ('unobserved', 'not_observable')
),

counted as (
    select
        count(*) as projects,
        count(*) filter (where first_attested_at is not null) as ever_attested,
        count(*) filter (where publishing_evidence not in ('unobserved', 'not_observable')) as provenance_observed,
        count(*) filter (where is_top1pct) as top1pct,
        count(*) filter (where is_mass80) as mass80,
        count(downloads_30d) as with_downloads,
        count(*) filter (where organization is not null) as in_organizations,
        count(owner_count) as roles_observed
    from projects
),

people as (
    select
        count(*) as accounts,
        count(*) filter (where shown_two_factor) as shown,
        count(*) filter (where critical_project_count > 0) as critical_accounts
    from accounts
),

lines as (
    select
        1 as place,
        'publishing' as topic,
        'Files from Trusted Publishers, ' || strftime(official.month, '%Y-%m') as subject,
        format(
            '{:.1f} % of {:,} files (± {} points)',
            official.publisher_share_pct,
            official.files,
            official.publisher_share_error_pp
        )
            as published,
        official.month::varchar as as_of,
        official.source,
        if(
            ours.denominator > 0,
            format(
                '{:.1f} % attested, {:,} of {:,} files',
                100 * ours.share,
                ours.numerator::bigint,
                ours.denominator::bigint
            ),
            null
        ) as ours,
        'Ours counts files with provenance. Every one of them came from a publisher, but publishers '
        || 'also upload without it, so ours must be lower. Ours is by the files still listed of the '
        || 'projects observed.'
            as why
    from publisher_share_official as official
    left join adoption_monthly as ours
        on
            official.month = ours.month
            and ours.measure = 'attested'
            and ours.unit = 'files'
            and ours.tier = 'all'
    where official.month in ('2024-12-01', '2025-10-01')
    union all
    select
        2,
        'publishing',
        'Uploads with an attestation, 2025',
        format('{:.0f} % of all uploads', newest.value),
        newest.as_of,
        newest.source,
        if(
            files_of_2025.denominator > 0,
            format(
                '{:.1f} %, {:,} of {:,} files',
                100 * files_of_2025.numerator / files_of_2025.denominator,
                files_of_2025.numerator,
                files_of_2025.denominator
            ),
            null
        ),
        'The same quantity, if every project is observed. A file of the most downloaded projects is '
        || 'likelier to be attested, so a run over the top N lies above; deleted files are in the '
        || 'published figure only.'
    from newest, files_of_2025
    where newest.metric = 'share_uploads_with_attestation'
    union all
    select
        3,
        'publishing',
        'Projects with a Trusted Publisher',
        format('at least {:,.0f} projects', newest.value),
        newest.as_of,
        newest.source,
        if(
            counted.provenance_observed > 0,
            format('{:,} projects ever attested, of {:,} observed', counted.ever_attested, counted.provenance_observed),
            null
        ),
        'A publisher may be configured and never used, or used without attestations; ours sees '
        || 'neither, and only the projects observed. Numbers of projects compare only where the whole '
        || 'index was observed.'
    from newest, counted
    where newest.metric = 'projects_with_trusted_publisher'
    union all
    select
        4,
        'publishing',
        'Attested among the 500 most downloaded projects',
        format(
            '{:.1f} %, {:,} of {:,}',
            100 * top_500.numerator / top_500.denominator,
            top_500.numerator,
            top_500.denominator
        ),
        top_500.as_of,
        top_500.source,
        if(
            by_rank.denominator > 0,
            format(
                '{:.1f} %, {:,} of {:,}',
                100 * by_rank.numerator / by_rank.denominator,
                by_rank.numerator,
                by_rank.denominator
            ),
            null
        ),
        'That count ranks by downloads of all time and takes the last version of a list, which was a '
        || 'pre-release for 39 of 500; ours ranks by 30 days and takes the newest stable version.'
    from top_500, by_rank
    union all
    select
        5,
        'two_factor',
        'Accounts with a second factor',
        format('at least {:,.0f}, of about {:,.0f}', users.value, total.value),
        users.as_of,
        users.source,
        if(
            people.accounts > 0,
            format(
                'at least {:.1f} %, {:,} of {:,} with a role',
                100 * people.shown / people.accounts,
                people.shown,
                people.accounts
            ),
            null
        ),
        'The index counts accounts that have one. We see no account''s factor: ours is a lower bound '
        || 'over the accounts that hold a role today, from uploads that only they could make. The upper '
        || 'bound is all of them.'
    from newest as users
    inner join published as total on users.as_of = total.as_of and total.metric = 'users_total'
    cross join people
    where users.metric = 'users_with_2fa'
    union all
    select
        6,
        'two_factor',
        'Accounts with a role on a critical project',
        format('{:,.0f} accounts', newest.value),
        newest.as_of,
        newest.source,
        if(people.accounts > 0, format('{:,} accounts', people.critical_accounts), null),
        'Then: the top 1 % by six months of downloads, and once critical always critical. Ours: '
        || 'critical by downloads (top 1 %, or 80 % of the mass) in the ranking of this file; members of'
        || ' organizations are hidden today.'
    from newest, people
    where newest.metric = 'critical_user_accounts'
    union all
    select
        7,
        'two_factor',
        'Projects in the top 1 %',
        format('{:,.0f} projects', newest.value),
        newest.as_of,
        newest.source,
        if(counted.top1pct > 0, format('{:,} projects, of {:,}', counted.top1pct, counted.projects), null),
        'The index has grown, so 1 % of it has too. The rule of 2022 was sticky, ours is not.'
    from newest, counted
    where newest.metric = 'critical_projects'
    union all
    select
        8,
        'two_factor',
        'Projects of the index',
        format('at least {:,.0f}', newest.value),
        newest.as_of,
        newest.source,
        format('{:,}', counted.projects),
        'Ours counts every name that the index listed on the day of observation, those without a release included.'
    from newest, counted
    where newest.metric = 'projects_total'
    union all
    select
        9,
        'accounts',
        'Projects of organizations',
        format('{:,.0f} projects', newest.value),
        newest.as_of,
        newest.source,
        if(
            counted.roles_observed > 0,
            format(
                '{:,} projects, {:.1f} % of {:,} observed',
                counted.in_organizations,
                100 * counted.in_organizations / counted.roles_observed,
                counted.roles_observed
            ),
            null
        ),
        'Organizations were approved slowly until spring 2025 and have grown since. Ours counts only '
        || 'the projects observed.'
    from newest, counted
    where newest.metric = 'projects_in_organizations'
    union all
    select
        10,
        'criticality',
        'Projects that cover 80 % of downloads',
        '594 of the 15,000 most downloaded',
        '2026-03',
        'counted from hugovk/top-pypi-packages, list of March 2026',
        if(with_downloads > 0, format('{:,}, of {:,} with known downloads', mass80, with_downloads), null),
        'The list ends at 15,000 projects and counts every installer, mirrors included; ours leaves '
        || 'mirrors out and counts all projects whose downloads are known.'
    from counted
)

select
    place,
    topic,
    subject,
    published,
    as_of,
    source,
    coalesce(ours, 'not observed in this file') as ours,
    why
from lines
order by place, as_of
