-- Grain: one row per month, tier (and `all`), measure and unit.
-- Answers: how does provenance spread, over files, releases, projects and downloads, and how active are projects?
-- The downloads are today's; weighting the past by them asks how much of today's use an upload of then reaches.
with

projects as (
    select
        ranks.project_id,
        ranks.tier,
        ranks.downloads_30d,
        publishing.is_host_supported,
        uploads.has_observed_files
    from signals.ranks as ranks
    inner join signals.publishing as publishing using (project_id)
    inner join signals.uploads as uploads using (project_id)
),

-- Where the files of a project were not observed, nobody knows how many units there are.
wholes as (
    select
        if(grouping(tier) = 1, 'all', tier) as tier,
        bool_and(has_observed_files) as is_whole
    from projects
    group by grouping sets ((tier), ())
    having grouping(tier) = 1 or tier is not null
),

-- Of each project and month: how many of a unit there are, and of how many what is known; `late` ones are those since
-- the index shows provenance, which could carry it. What is said of a project or a release is said of those of its
-- files whose provenance was observed: did one that is attested count where the others were not observed, and one that
-- is not attested did not, a denominator would depend on its numerator.
counted as (
    select
        project_id,
        month,
        'files' as unit,
        file_count as total,
        observed_file_count as observed,
        attested_file_count as attested,
        late_file_count as late,
        observed_late_file_count as observed_late,
        attested_late_file_count as attested_late
    from signals.uploads_monthly
    union all
    select
        project_id,
        month,
        'projects' as unit,
        1 as total,
        (observed_file_count > 0)::integer as observed,
        (attested_file_count > 0)::integer as attested,
        (late_file_count > 0)::integer as late,
        (observed_late_file_count > 0)::integer as observed_late,
        (attested_late_file_count > 0)::integer as attested_late
    from signals.uploads_monthly
    union all
    select
        project_id,
        month,
        'releases' as unit,
        release_count as total,
        observed_release_count as observed,
        attested_release_count as attested,
        late_release_count as late,
        observed_late_release_count as observed_late,
        attested_late_release_count as attested_late
    from signals.releases_monthly
),

-- Downloads are those of the projects of a month.
weighted as (
    select
        counted.*,
        projects.tier,
        projects.is_host_supported,
        1 as weight
    from counted
    inner join projects using (project_id)
    union all
    select
        counted.* replace ('downloads' as unit),
        projects.tier,
        projects.is_host_supported,
        projects.downloads_30d as weight
    from counted
    inner join projects using (project_id)
    where counted.unit = 'projects'
),

summed as (
    select
        month,
        if(grouping(tier) = 1, 'all', tier) as tier,
        unit,
        coalesce(sum(total * weight), 0)::bigint as total,
        coalesce(sum(observed * weight), 0)::bigint as observed,
        coalesce(sum(attested * weight), 0)::bigint as attested,
        coalesce(sum(late * weight) filter (where is_host_supported is not false), 0)::bigint as late,
        coalesce(sum(observed_late * weight) filter (where is_host_supported), 0)::bigint as observed_late,
        coalesce(sum(attested_late * weight) filter (where is_host_supported), 0)::bigint as attested_late
    from weighted
    group by grouping sets ((month, tier, unit), (month, unit))
    having grouping(tier) = 1 or tier is not null
),

known as (
    select
        summed.*,
        wholes.is_whole
    from summed
    inner join wholes using (tier)
),

measured as (
    select
        month,
        tier,
        unit,
        unnest([
            {
                'measure': 'attested',
                'numerator': attested,
                'denominator': observed,
                'total': if(is_whole, total, null),
                'is_asked': month >= date_trunc('month', $provenance_from::date)
            },
            {
                'measure': 'attested_of_opportunity',
                'numerator': attested_late,
                'denominator': observed_late,
                'total': if(is_whole, late, null),
                'is_asked': month >= date_trunc('month', $provenance_from::date)
            },
            {
                'measure': 'uploaded',
                'numerator': total,
                'denominator': total,
                'total': total,
                'is_asked': unit <> 'downloads'
            }
        ], recursive := true)
    from known
)

select
    month,
    tier,
    measure,
    unit,
    numerator,
    denominator,
    total
from measured
where is_asked
