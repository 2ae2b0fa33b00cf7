-- Grain: one row per headline, choice of criticality, cut date, denominator and unit.
-- Answers: does a headline survive another choice?
with

scoped as (
    select
        unnest(list_concat(['all'], critical_by)) as criticality,
        measure,
        unit,
        numerator,
        denominator,
        total
    from signals.measure_counts
    where
        measure in (
            'evidence_shown', 'evidence_shown_or_announced', 'attested', 'attested_of_opportunity', 'single_owner'
        )
),

named as (
    select
        case
            when measure in ('evidence_shown', 'evidence_shown_or_announced') then 'two_factor_shown'
            when measure in ('attested', 'attested_of_opportunity') then 'attested'
            else measure
        end as headline,
        criticality,
        case measure
            when 'evidence_shown' then 'enforced'
            when 'evidence_shown_or_announced' then 'announced'
        end as cut_date,
        if(measure = 'attested_of_opportunity', 'opportunity', 'plain') as denominator_kind,
        unit,
        numerator,
        denominator,
        total
    from scoped
)

select
    headline,
    criticality,
    cut_date,
    denominator_kind,
    unit,
    sum(numerator)::bigint as numerator,
    sum(denominator)::bigint as denominator,
    if(count(total) = count(*), sum(total), null)::bigint as total
from named
group by headline, criticality, cut_date, denominator_kind, unit
