-- Grain: one row per tier (and all).
-- Answers: which share of the projects needs, directly or through others, something without evidence?
-- `unknown_count`: nothing was found, but a part was not observed. With these the share is `share_high`, at most.
select
    if(grouping(tier) = 1, 'all', tier) as tier,
    count(*) filter (where closure_without_evidence_count > 0) as numerator,
    count(*) as denominator,
    numerator / denominator as share,
    count(*) filter (
        where closure_without_evidence_count = 0
        and closure_unobserved_count + closure_unfollowed_count + closure_unlisted_count > 0
    ) as unknown_count,
    if(unknown_count > 0, share, null) as share_low,
    if(unknown_count > 0, (numerator + unknown_count) / denominator, null) as share_high
from dependency_exposure
group by grouping sets ((tier), ())
having grouping(tier) = 1 or tier is not null
order by tier
