-- Grain: one row per year of the newest release; the year is null where it is not known.
-- Answers: how many projects last released in which year?
select
    year(newest_upload_at) as year,
    count(*) filter (where tier = 'top_100') as top_100,
    count(*) filter (where tier = 'top_1000') as top_1000,
    count(*) filter (where tier = 'top_1pct') as top_1pct,
    count(*) filter (where tier = 'top_15000') as top_15000,
    count(*) filter (where tier = 'long_tail') as long_tail,
    count(*) as all_projects
from projects
group by year
order by year
