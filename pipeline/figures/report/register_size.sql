-- Grain: one row.
-- Answers: how many entries does the risk register have, and of which kinds?
select
    count(*) as entries,
    count(*) filter (where two_factor_evidence = 'none') as none_entries,
    count(*) filter (where two_factor_evidence = 'announced') as announced_entries,
    count(*) filter (where two_factor_evidence = 'unknown') as unknown_entries
from risk_register
