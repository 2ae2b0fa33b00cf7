-- Grain: one row per month of which files were observed.
-- Answers: which share of the files of a month carries provenance?
select
    month,
    numerator::bigint as numerator,
    denominator::bigint as denominator,
    share,
    share_low,
    share_high
from adoption_monthly
where measure = 'attested' and unit = 'files' and tier = 'all' and denominator > 0
order by month
