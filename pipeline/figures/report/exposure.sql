-- Grain: one row per tier (and all) and class of what a project needs.
-- Answers: which share of the projects of a tier needs something without evidence?
-- A closure of which a part was not observed and the rest shows evidence says nothing: `exposure_unknown`. It stays in
-- the denominator, else a closure that is partly known would count only where something was found in it; the share of
-- those that need something without evidence lies between `share_low` and `share_high`.
with

classed as (
    select
        tier,
        case
            when closure_size = 0 and closure_unfollowed_count = 0 and closure_unlisted_count = 0 then 'needs_nothing'
            when closure_without_evidence_count > 0 then 'some_without'
            when closure_unobserved_count > 0 or closure_unfollowed_count > 0 or closure_unlisted_count > 0
                then 'exposure_unknown'
            else 'all_shown'
        end as evidence,
        closure_without_evidence_count
    from dependency_exposure
),

counted as (
    select
        if(grouping(tier) = 1, 'all', tier) as tier,
        evidence,
        count(*) as numerator,
        median(closure_without_evidence_count) as median_without_evidence,
        max(closure_without_evidence_count) as most_without_evidence
    from classed
    group by grouping sets ((tier, evidence), (evidence))
    having grouping(tier) = 1 or tier is not null
),

observed as (
    select
        *,
        (sum(numerator) over (partition by tier))::bigint as denominator,
        coalesce(sum(numerator) filter (where evidence = 'exposure_unknown') over (partition by tier), 0)::bigint
            as unknown_count
    from counted
)

select
    tier,
    evidence,
    numerator,
    denominator,
    unknown_count,
    numerator / denominator as share,
    if(evidence = 'some_without' and unknown_count > 0, share, null) as share_low,
    if(evidence = 'some_without' and unknown_count > 0, (numerator + unknown_count) / denominator, null) as share_high,
    if(evidence = 'some_without', median_without_evidence, null) as median_without_evidence,
    if(evidence = 'some_without', most_without_evidence, null)::bigint as most_without_evidence
from observed
order by tier, evidence
