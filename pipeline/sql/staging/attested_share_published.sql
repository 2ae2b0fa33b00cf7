-- Grain: one row per band of ranks.
-- Answers: what is published, with dates as dates?
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
from raw.attested_share_published
