-- Grain: one row per project that the index lists, as the source spells it.
-- Answers: which projects are there, how new are they, how are they ranked?
select
    project_name,
    newest_release_month,
    newest_release_day,
    download_rank
from read_parquet(getvariable('index'))
