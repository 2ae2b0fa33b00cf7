-- Grain: one row per project of the index, once requirements were observed at all; no row otherwise.
-- Answers: for which projects does "no dependency" mean that there is none?
select
    projects.project_id,
    known.project_id is not null as has_known_requirements
from staging.projects as projects
inner join staging.landings as landings on landings.landing_table = 'requirements' and landings.is_observed
left join signals.newest_releases as known using (project_id)
order by projects.project_id
