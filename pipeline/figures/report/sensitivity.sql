-- Grain: one row per headline, choice of criticality, cut date, denominator and unit.
-- Answers: what does each headline say under every choice that it could have been given?
select
    sensitivity.headline,
    sensitivity.criticality,
    sensitivity.cut_date,
    sensitivity.denominator_kind,
    sensitivity.unit,
    sensitivity.numerator::bigint as numerator,
    sensitivity.denominator,
    sensitivity.total,
    sensitivity.is_census,
    sensitivity.share,
    sensitivity.share_low,
    sensitivity.share_high
from headline_sensitivity as sensitivity
order by all
