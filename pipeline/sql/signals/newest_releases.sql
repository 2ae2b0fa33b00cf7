-- Grain: one row per project with a listed file.
-- Answers: which release would a user install today?
-- The newest stable release that is not yanked, in the order of PEP 440; where there is none, the newest of any kind.
with

candidates as (
    select
        releases.*,
        case
            when releases.version_id < 0 then 'invalid'
            when releases.is_yanked then 'yanked'
            when versions.is_prerelease then 'prerelease'
            else 'stable'
        end as newest_release_kind
    from signals.releases as releases
    inner join (
        select
            version_id,
            bool_or(is_prerelease) as is_prerelease
        from staging.versions
        group by version_id
    ) as versions using (version_id)
    where releases.listed_file_count > 0
)

select
    project_id,
    version_id,
    newest_release_kind,
    listed_file_count,
    observed_file_count,
    attested_file_count,
    first_listed_upload_at as release_first_upload_at,
    newest_upload_at as release_newest_upload_at
from candidates
qualify
    row_number() over (
        partition by project_id
        order by
            array_position(['stable', 'prerelease', 'yanked', 'invalid'], newest_release_kind),
            greatest(version_id, 0) desc,
            newest_upload_at desc,
            version_id desc
    ) = 1
