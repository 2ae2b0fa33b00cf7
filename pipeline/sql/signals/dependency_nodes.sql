-- Grain: one row per project of the index, once requirements were observed at all; no row otherwise.
-- Answers: for which projects does "no dependency" mean that there is none?
select
    projects.project_id,
    known.project_id is not null as is_requirement_known
from staging.projects as projects
left join (select distinct project_id from staging.files) as known using (project_id)
where (select bool_or(is_observed) from staging.landings where landing_table = 'requirements')
order by projects.project_id
