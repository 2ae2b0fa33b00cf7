-- Grain: one row per link that a project states about itself.
-- Answers: where does the project say that its source lies?
select
    project_name,
    url
from read_parquet(getvariable('project_urls'))
