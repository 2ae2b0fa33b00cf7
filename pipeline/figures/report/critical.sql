-- Grain: one row per definition of critical (and all projects) under which something was observed.
-- Answers: how many critical projects show evidence under either cut date, and how many show nothing?
with

shown as (
    select *
    from headline_sensitivity
    where headline = 'two_factor_shown' and unit = 'projects' and denominator > 0
),

nothing as (
    select
        unnest(list_concat(['all'], critical_by)) as criticality,
        two_factor_evidence
    from projects
),

counted as (
    select
        criticality,
        count(*) filter (where two_factor_evidence = 'none') as none_numerator
    from nothing
    group by criticality
)

select
    strict.criticality,
    strict.numerator::bigint as strict_numerator,
    weak.numerator::bigint as weak_numerator,
    counted.none_numerator,
    strict.denominator,
    strict.total,
    strict.is_census,
    strict.share as strict_share,
    strict.share_low as strict_share_low,
    strict.share_high as strict_share_high,
    weak.share as weak_share,
    counted.none_numerator / strict.denominator as none_share
from shown as strict
inner join shown as weak on strict.criticality = weak.criticality and weak.cut_date = 'announced'
inner join counted on strict.criticality = counted.criticality
where strict.cut_date = 'enforced'
order by strict.criticality
