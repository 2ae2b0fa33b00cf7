-- Grain: one row per tier (and all).
-- Answers: which share of the projects needs, directly or through others, something without evidence?
select
    if(grouping(tier) = 1, 'all', tier) as tier,
    count(*) filter (where closure_without_evidence_count > 0) as numerator,
    count(*) as denominator,
    numerator / denominator as share,
    null::double as share_low,
    null::double as share_high,
    count(*) filter (where closure_unobserved_count + closure_unfollowed_count > 0) as partly_known
from dependency_exposure
group by grouping sets ((tier), ())
having grouping(tier) = 1 or tier is not null
order by tier
