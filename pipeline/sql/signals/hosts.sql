-- Grain: one row per project with links.
-- Answers: does its source lie on a host from which a Trusted Publisher can publish?
-- By its links alone: were an attested file taken for a supported host, projects without links would be in a
-- denominator only where they attest.
select
    project_id,
    case
        when bool_or(host in ('github.com', 'gitlab.com')) then true
        when bool_or(host in ('bitbucket.org', 'codeberg.org', 'git.sr.ht', 'sourceforge.net', 'launchpad.net'))
            then false
    end as is_host_supported
from staging.project_hosts
group by project_id
