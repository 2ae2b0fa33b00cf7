-- Grain: one row per month, tier (and all), denominator and unit for which something was observed.
-- Answers: how far has provenance spread month by month, in files, projects and downloads?
select
    month,
    tier,
    if(measure = 'attested', 'plain', 'opportunity') as denominator_kind,
    unit,
    numerator::bigint as numerator,
    denominator,
    total,
    is_census,
    share,
    share_low,
    share_high
from adoption_monthly
where
    measure in ('attested', 'attested_of_opportunity')
    and unit in ('files', 'projects', 'downloads')
    and denominator > 0
order by month, tier, denominator_kind, unit
