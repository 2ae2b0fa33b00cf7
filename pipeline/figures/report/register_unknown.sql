-- Grain: one row per entry of the risk register whose newest upload is not known, the first 40.
-- Answers: which critical projects are on the register only because nothing was observed?
select
    position,
    project,
    download_rank
from risk_register
where two_factor_evidence = 'unknown'
order by position
limit 40
