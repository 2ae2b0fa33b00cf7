-- Grain: one row per spelling of a project name under which files were uploaded.
-- Answers: under which names was uploaded, and how much?
select
    project_name,
    count(*) as file_count
from raw.files
group by project_name
