-- Grain: one row per month, tier (and `all`), measure and unit.
-- Answers: how does provenance spread, over files, releases, projects and downloads, and how active are projects?
-- The downloads are today's; weighting the past by them asks how much of today's use an upload of then reaches.
with

files as (
    select
        files.project_id,
        files.version_id,
        ranks.tier,
        ranks.downloads_30d,
        date_trunc('month', files.uploaded_at)::date as month,
        files.has_provenance,
        publishing.is_host_supported and files.uploaded_at >= $provenance_from as is_opportunity
    from staging.files as files
    inner join signals.ranks as ranks using (project_id)
    inner join signals.publishing as publishing using (project_id)
),

releases as (
    select
        project_id,
        version_id,
        tier,
        min(month) filter (where has_provenance is not null) as month,
        bool_or(has_provenance) as has_provenance,
        bool_or(is_opportunity) as is_opportunity
    from files
    group by project_id, version_id, tier
),

projects as (
    select
        project_id,
        tier,
        month,
        any_value(downloads_30d) as downloads_30d,
        bool_or(has_provenance) as has_provenance,
        bool_or(is_opportunity) as is_opportunity
    from files
    group by project_id, tier, month
),

counted as (
    select
        month,
        tier,
        'files' as unit,
        count_if(has_provenance) as numerator,
        count(has_provenance) as denominator,
        count(*) as total,
        count_if(has_provenance and is_opportunity) as opportunity_numerator,
        count(has_provenance) filter (where is_opportunity) as opportunity_denominator
    from files
    group by month, tier
    union all
    select
        month,
        tier,
        'releases' as unit,
        count_if(has_provenance) as numerator,
        count(has_provenance) as denominator,
        count(*) as total,
        count_if(has_provenance and is_opportunity) as opportunity_numerator,
        count(has_provenance) filter (where is_opportunity) as opportunity_denominator
    from releases
    where month is not null
    group by month, tier
    union all
    select
        month,
        tier,
        'projects' as unit,
        count_if(has_provenance) as numerator,
        count(has_provenance) as denominator,
        count(*) as total,
        count_if(has_provenance and is_opportunity) as opportunity_numerator,
        count(has_provenance) filter (where is_opportunity) as opportunity_denominator
    from projects
    group by month, tier
    union all
    select
        month,
        tier,
        'downloads' as unit,
        coalesce(sum(downloads_30d) filter (where has_provenance), 0) as numerator,
        coalesce(sum(downloads_30d) filter (where has_provenance is not null), 0) as denominator,
        coalesce(sum(downloads_30d), 0) as total,
        coalesce(sum(downloads_30d) filter (where has_provenance and is_opportunity), 0) as opportunity_numerator,
        coalesce(
            sum(downloads_30d) filter (where has_provenance is not null and is_opportunity), 0
        ) as opportunity_denominator
    from projects
    group by month, tier
),

measured as (
    select
        month,
        tier,
        'attested' as measure,
        unit,
        numerator,
        denominator,
        total
    from counted
    where month >= date_trunc('month', $provenance_from::date)
    union all
    select
        month,
        tier,
        'attested_of_opportunity' as measure,
        unit,
        opportunity_numerator as numerator,
        opportunity_denominator as denominator,
        total
    from counted
    where month >= date_trunc('month', $provenance_from::date)
    union all
    select
        month,
        tier,
        'uploaded' as measure,
        unit,
        total as numerator,
        total as denominator,
        total
    from counted
    where unit <> 'downloads'
)

select
    month,
    coalesce(tier, 'all') as tier,
    measure,
    unit,
    sum(numerator)::bigint as numerator,
    sum(denominator)::bigint as denominator,
    sum(total)::bigint as total
from measured
group by grouping sets ((month, tier, measure, unit), (month, measure, unit))
