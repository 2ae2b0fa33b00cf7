-- Grain: one row per precision of the newest upload; null where it is not known.
-- Answers: how precisely is the newest upload of the projects known?
select
    newest_upload_precision as precision,
    count(*) as numerator
from projects
group by newest_upload_precision
order by numerator desc
