-- Grain: one row per project of the index, once requirements were observed at all; no row otherwise.
-- Answers: for which projects does "no dependency" mean that there is none?
with

-- A text that nobody can read, or a marker that nobody can evaluate, may name anything.
unreadable as (
    select distinct project_id
    from staging.requirements
    where applies is null
)

select
    projects.project_id,
    -- Of a page that was read in part, what is missing may be the requirements; where none was read, they are a log's.
    known.project_id is not null
    and unreadable.project_id is null
    and (observations.failure is null or not observations.is_page_read) as has_known_requirements
from staging.projects as projects
inner join staging.landings as landings on landings.landing_table = 'requirements' and landings.is_observed
left join signals.newest_releases as known using (project_id)
left join unreadable using (project_id)
left join staging.observations as observations using (project_id)
order by projects.project_id
