-- Grain: one row per tier (and all).
-- Answers: how far does the share with evidence move between the strict and the weak cut date?
select
    strict.tier,
    strict.numerator::bigint as strict_numerator,
    weak.numerator::bigint as weak_numerator,
    strict.denominator,
    strict.total,
    strict.is_census,
    strict.share as strict_share,
    strict.share_low as strict_share_low,
    strict.share_high as strict_share_high,
    weak.share as weak_share
from tier_summary as strict
inner join tier_summary as weak using (tier, unit)
where
    strict.unit = 'projects'
    and strict.measure = 'evidence_shown'
    and weak.measure = 'evidence_shown_or_announced'
    and strict.denominator > 0
order by strict.tier
