-- Grain: one row per mandate, and one per day of comparison a year before.
-- Answers: did dormant projects come back after the date?
select
    term as date,
    if(name = 'return_share', 'after', 'placebo') as kind,
    estimate as share,
    low,
    high,
    n
from estimates
where name in ('return_share', 'return_share_placebo') and estimate is not null
order by month(term::date), term desc
