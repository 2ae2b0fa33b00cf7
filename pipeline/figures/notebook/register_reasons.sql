-- Grain: one row per reason.
-- Answers: for how many entries of the register does it speak?
with

reasons as (
    select unnest(reasons) as reason
    from risk_register
)

select
    reason,
    count(*) as projects,
    (select count(*) from risk_register) as denominator
from reasons
group by reason
order by projects desc, reason asc
