-- Grain: one row per project with links or with an attested file.
-- Answers: does its source lie on a host from which a Trusted Publisher can publish?
with

hosts as (
    select
        project_id,
        bool_or(host in ('github.com', 'gitlab.com')) as has_supported_host,
        bool_or(host in ('bitbucket.org', 'codeberg.org', 'git.sr.ht', 'sourceforge.net', 'launchpad.net'))
            as has_other_host
    from staging.project_hosts
    group by project_id
),

attested as (
    select project_id
    from signals.uploads
    where first_attested_at is not null
)

select
    project_id,
    case
        when attested.project_id is not null or hosts.has_supported_host then true
        when hosts.has_other_host then false
    end as is_host_supported
from hosts
full join attested using (project_id)
