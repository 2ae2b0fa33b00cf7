-- Grain: one row per project with a listed file.
-- Answers: which release would a user install today, and how many of its files carry provenance?
-- The newest stable release that is not yanked, in the order of PEP 440; where there is none, the newest of any kind.
-- A release is yanked when all its listed files are, so that the best of its files speaks for it.
with

listed as (
    select
        project_id,
        version_id,
        has_provenance,
        uploaded_at,
        case
            when version_id < 0 then 0
            when is_yanked then 1
            when is_prerelease then 2
            else 3
        end as kind
    from staging.files
    where is_listed is not false
),

-- One number holds kind and version, and is compared much faster than a pair; what is no version goes by its time.
best as (
    select
        project_id,
        max(kind * 4294967296 + greatest(version_id, 0)) as kind_and_version,
        max({ 'uploaded_at': uploaded_at, 'version_id': version_id }) filter (where version_id < 0) as newest_invalid
    from listed
    group by project_id
),

chosen as (
    select
        best.project_id,
        best.kind_and_version // 4294967296 as kind,
        versions.version_id,
        versions.release_first_id,
        versions.release_last_id
    from best
    inner join staging.versions as versions
        on
            if(best.kind_and_version = 0, best.newest_invalid['version_id'], best.kind_and_version % 4294967296)
            = versions.version_id
)

select
    chosen.project_id,
    chosen.version_id,
    case chosen.kind
        when 3 then 'stable'
        when 2 then 'prerelease'
        when 1 then 'yanked'
        else 'invalid'
    end as newest_release_kind,
    count(*) as listed_file_count,
    count(listed.has_provenance) as observed_file_count,
    count(*) filter (where listed.has_provenance) as attested_file_count,
    min(listed.uploaded_at) as release_first_upload_at,
    max(listed.uploaded_at) as release_newest_upload_at
from chosen
inner join listed
    on
        chosen.project_id = listed.project_id
        and listed.version_id between chosen.release_first_id and chosen.release_last_id
group by chosen.project_id, chosen.version_id, chosen.kind
