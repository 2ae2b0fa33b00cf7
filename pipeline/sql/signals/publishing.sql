-- Grain: one row per project.
-- Answers: does the newest release carry provenance, on all its files, on some, on none?
-- Provenance implies a Trusted Publisher; its absence implies nothing.
with

evidence as (
    select
        projects.project_id,
        newest.version_id as newest_version_id,
        newest.newest_release_kind,
        newest.release_first_upload_at,
        newest.release_newest_upload_at,
        uploads.first_attested_at,
        case
            when newest.attested_file_count = newest.listed_file_count then 'attested'
            when newest.attested_file_count > 0 then 'partly_attested'
            -- That an old release carries none is known also where nobody looked. It counts only where a newer one
            -- would: else a denominator would hold the old ones alone.
            when newest.observed_file_count = newest.listed_file_count
                then if(newest.release_newest_upload_at < $provenance_from, 'predates_attestations', 'not_attested')
            when observations.is_page_read and not observations.is_provenance_observable then 'not_observable'
            else 'unobserved'
        end as publishing_evidence,
        coalesce(newest.attested_file_count > 0, false) as has_provenance
    from staging.projects as projects
    left join signals.newest_releases as newest using (project_id)
    left join signals.uploads as uploads using (project_id)
    left join staging.observations as observations using (project_id)
)

select
    evidence.project_id,
    evidence.newest_version_id,
    evidence.newest_release_kind,
    evidence.publishing_evidence,
    evidence.has_provenance,
    hosts.is_host_supported,
    case
        when evidence.publishing_evidence not in ('not_observable', 'unobserved')
            -- By its date also where it is attested: files of the first weeks would be in a denominator only then.
            then evidence.release_newest_upload_at >= $provenance_from and hosts.is_host_supported
    end as had_opportunity,
    case
        when evidence.publishing_evidence not in ('not_observable', 'unobserved')
            then
                evidence.publishing_evidence = 'not_attested'
                and coalesce(evidence.first_attested_at < evidence.release_first_upload_at, false)
    end as has_regressed,
    evidence.first_attested_at
from evidence
left join signals.hosts as hosts using (project_id)
