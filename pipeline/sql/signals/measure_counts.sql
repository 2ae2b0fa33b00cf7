-- Grain: one row per tier, set of criticality definitions, measure and unit.
-- Answers: for how many projects, downloads and files does a measure hold, out of how many where it was observed?
-- A measure is a yes-or-no question; NULL is "not observed" and stays out of the denominator. Where the question cannot
-- be asked of a project (it does not apply), the project is not in the total either.
with

publishing as (
    select
        *,
        if(publishing_evidence in ('not_observable', 'unobserved'), null, publishing_evidence) as observed_evidence
    from signals.publishing
),

answered as (
    select
        criticality.tier,
        criticality.critical_by,
        criticality.downloads_30d,
        unnest([
            { 'measure': 'evidence_shown', 'holds': two_factor.evidence_rank >= 2, 'applies': true },
            { 'measure': 'evidence_shown_or_announced', 'holds': two_factor.evidence_rank >= 1, 'applies': true },
            { 'measure': 'evidence_announced', 'holds': two_factor.evidence_rank = 1, 'applies': true },
            { 'measure': 'evidence_none', 'holds': two_factor.evidence_rank = 0, 'applies': true },
            {
                'measure': 'publishing_attested',
                'holds': publishing.observed_evidence = 'attested',
                'applies': true
            },
            {
                'measure': 'publishing_partly_attested',
                'holds': publishing.observed_evidence = 'partly_attested',
                'applies': true
            },
            {
                'measure': 'publishing_not_attested',
                'holds': publishing.observed_evidence = 'not_attested',
                'applies': true
            },
            {
                'measure': 'publishing_predates_attestations',
                'holds': publishing.observed_evidence = 'predates_attestations',
                'applies': true
            },
            {
                'measure': 'attested',
                'holds': publishing.observed_evidence in ('attested', 'partly_attested'),
                'applies': true
            },
            {
                'measure': 'attested_of_opportunity',
                'holds': if(publishing.had_opportunity, publishing.has_provenance, null),
                'applies': coalesce(publishing.had_opportunity, true)
            },
            {
                'measure': 'regressed',
                'holds': if(publishing.first_attested_at is null, null, publishing.has_regressed),
                'applies': publishing.first_attested_at is not null or publishing.observed_evidence is null
            },
            {
                'measure': 'repository_changed',
                'holds': if(publishing.first_attested_at is null, null, identity.has_repository_changed),
                'applies': publishing.first_attested_at is not null or publishing.observed_evidence is null
            },
            {
                'measure': 'single_owner',
                'holds': ownership.has_single_owner,
                'applies': ownership.organization is null
            },
            {
                'measure': 'organization',
                'holds': if(ownership.is_role_observed, ownership.organization is not null, null),
                'applies': true
            }
        ], recursive := true)
    from signals.criticality as criticality
    inner join signals.two_factor as two_factor using (project_id)
    inner join publishing using (project_id)
    inner join signals.ownership as ownership using (project_id)
    left join signals.publisher_identity as identity using (project_id)
),

counted as (
    select
        tier,
        critical_by,
        measure,
        count_if(holds) as project_numerator,
        count(holds) as project_denominator,
        count_if(applies) as project_total,
        coalesce(sum(downloads_30d) filter (where holds), 0) as download_numerator,
        coalesce(sum(downloads_30d) filter (where holds is not null), 0) as download_denominator,
        if(
            count(downloads_30d) = count(*), coalesce(sum(downloads_30d) filter (where applies), 0), null
        ) as download_total
    from answered
    group by tier, critical_by, measure
),

files as (
    select
        criticality.tier,
        criticality.critical_by,
        coalesce(sum(newest.attested_file_count), 0) as file_numerator,
        coalesce(sum(newest.observed_file_count), 0) as file_denominator,
        -- Where the files of a project were not observed, nobody knows how many there are.
        if(
            bool_and(uploads.has_observed_files), coalesce(sum(newest.listed_file_count), 0), null
        ) as file_total
    from signals.criticality as criticality
    inner join signals.uploads as uploads using (project_id)
    left join signals.newest_releases as newest using (project_id)
    group by criticality.tier, criticality.critical_by
)

select
    tier,
    critical_by,
    measure,
    'projects' as unit,
    project_numerator::bigint as numerator,
    project_denominator::bigint as denominator,
    project_total::bigint as total
from counted
union all
select
    tier,
    critical_by,
    measure,
    'downloads' as unit,
    download_numerator::bigint as numerator,
    download_denominator::bigint as denominator,
    download_total::bigint as total
from counted
union all
select
    tier,
    critical_by,
    'attested' as measure,
    'files' as unit,
    file_numerator::bigint as numerator,
    file_denominator::bigint as denominator,
    file_total::bigint as total
from files
