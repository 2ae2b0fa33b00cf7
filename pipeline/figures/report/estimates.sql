-- Grain: one row per estimate and term.
-- Answers: which figures need more than counting, how sure are they, and how were they made?
select
    name,
    term,
    estimate,
    low,
    high,
    n,
    method,
    reference,
    reason
from estimates
order by name, term
