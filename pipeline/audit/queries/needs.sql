-- Grain: one row per project and other project that its newest release needs without extras.
-- Answers: who needs whom, where the audited file does not say so; names that it does not list included.
select distinct
    projects.project,
    requirements.required_name
from staging.requirements as requirements
inner join staging.projects as projects using (project_id)
where requirements.applies and requirements.required_name <> projects.project
order by projects.project, requirements.required_name
