-- Grain: one row per project and host that its links name.
-- Answers: where does the project say that its source lies?
select distinct
    spellings.project_id,
    regexp_extract(
        lower(project_urls.url), '^https?://(?:[^/?#\\]*@)?(?:www\.)?([^/:?#@\\]+?)\.?(?:[/:?#\\]|$)', 1
    ) as host
from raw.project_urls as project_urls
inner join staging.spellings as spellings using (project_name)
where host <> ''
