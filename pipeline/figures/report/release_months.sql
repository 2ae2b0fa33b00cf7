-- Grain: one row per tier (and all), month from 2018 on, and class of two-factor evidence.
-- Answers: in which month did projects last release, and what does that month show?
select
    if(grouping(tier) = 1, 'all', tier) as tier,
    date_trunc('month', newest_upload_at)::date as month,
    two_factor_evidence as evidence,
    count(*) as numerator
from projects
where newest_upload_at >= timestamp '2018-01-01 00:00:00'
group by grouping sets ((tier, month, evidence), (month, evidence))
having grouping(tier) = 1 or tier is not null
order by tier, month, evidence
