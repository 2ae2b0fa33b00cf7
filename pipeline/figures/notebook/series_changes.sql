-- Grain: one row per change of a monthly series at a date.
-- Answers: did the series break there?
select
    replace(replace(name, '_level_change', ''), '_slope_change', '') as series,
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
where name like '%\_level\_change' escape '\' or name like '%\_slope\_change' escape '\'
order by series, term, name
