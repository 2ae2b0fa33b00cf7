-- Grain: one row per band of ranks.
-- Answers: what is published?
select
    measured_on,
    band_first_rank,
    band_last_rank,
    projects,
    attested_projects,
    github,
    google,
    gitlab,
    source
from read_parquet(getvariable('attested_share_published'))
