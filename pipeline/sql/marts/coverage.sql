-- Grain: one row per measure and source.
-- Answers: for how many projects was it observed, and why not for the rest?
with

-- Counted by day or in total, as the source can; the other way is no gap then.
counting as (
    select
        if(
            bool_or(landing_table = 'download_totals') and not bool_or(landing_table = 'downloads_daily'),
            'download_totals',
            'downloads_daily'
        ) as landing_table
    from staging.landings
    where is_observed
),

observed as (
    select
        count(*) as total_count,
        unnest([
            { 'measure': 'newest_upload', 'landing_table': 'index', 'observed_count': count(uploads.newest_upload_at) },
            { 'measure': 'download_rank', 'landing_table': 'index', 'observed_count': count(ranks.download_rank) },
            {
                'measure': 'downloads',
                'landing_table': (select counting.landing_table from counting),
                'observed_count': count(ranks.downloads_30d)
            },
            {
                'measure': 'files',
                'landing_table': 'files',
                'observed_count': count(*) filter (where uploads.newest_upload_precision = 'second')
            },
            {
                'measure': 'provenance',
                'landing_table': 'observations',
                'observed_count': count(*) filter (where newest.observed_file_count = newest.listed_file_count)
            },
            {
                'measure': 'publisher_identity',
                'landing_table': 'publishers',
                'observed_count': count(identity.publisher_kind)
            },
            { 'measure': 'roles', 'landing_table': 'roles', 'observed_count': count(ownership.owner_count) },
            { 'measure': 'status', 'landing_table': 'observations', 'observed_count': count(observations.status) },
            {
                'measure': 'source_host',
                'landing_table': 'project_urls',
                'observed_count': count(publishing.is_host_supported)
            },
            {
                'measure': 'requirements',
                'landing_table': 'requirements',
                'observed_count': count(*) filter (where nodes.has_known_requirements)
            }
        ], recursive := true)
    from staging.projects
    inner join signals.uploads as uploads using (project_id)
    inner join signals.ranks as ranks using (project_id)
    inner join signals.publishing as publishing using (project_id)
    inner join signals.ownership as ownership using (project_id)
    left join staging.observations as observations using (project_id)
    left join signals.newest_releases as newest using (project_id)
    left join signals.publisher_identity as identity using (project_id)
    left join signals.dependency_nodes as nodes using (project_id)
),

by_source as (
    select
        observed.measure,
        sources.source,
        if(sources.is_observed, observed.observed_count, 0)::bigint as observed_count,
        observed.total_count,
        sources.note,
        if(sources.is_observed, sources.observed_on, null) as observed_on
    from observed
    inner join staging.sources as sources using (landing_table)
),

never as (
    select
        'account_two_factor' as measure,
        source,
        0 as observed_count,
        (select count(*) from staging.projects) as total_count,
        'Whether an account has a second factor is not public. No command observes it; two_factor_evidence says what '
        'follows from uploads.' as note,
        null::date as observed_on
    from by_source
    group by source
)

select
    measure,
    source,
    observed_count,
    total_count,
    note,
    observed_on
from by_source
union all
select
    measure,
    source,
    observed_count,
    total_count,
    note,
    observed_on
from never
order by measure, source
