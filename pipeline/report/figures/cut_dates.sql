-- Grain: one row per tier (and all).
-- Answers: how far does the share with evidence move between the strict and the weak cut date?
select
    strict.tier,
    strict.numerator as strict_numerator,
    weak.numerator as weak_numerator,
    strict.denominator,
    strict.share as strict_share,
    weak.share as weak_share
from tier_summary as strict
inner join tier_summary as weak using (tier, unit)
where
    strict.unit = 'projects'
    and strict.measure = 'evidence_shown'
    and weak.measure = 'evidence_shown_or_announced'
    and strict.denominator > 0
order by strict.tier
