-- Grain: one row.
-- Answers: how many critical projects (the top 1 % by downloads) show evidence, under either cut date?
select
    count(*) as denominator,
    count(*) filter (where two_factor_evidence in ('trusted_publisher', 'enforced')) as strict_numerator,
    count(*) filter (where two_factor_evidence in ('trusted_publisher', 'enforced', 'announced')) as weak_numerator,
    count(*) filter (where two_factor_evidence = 'none') as none_numerator,
    count(*) filter (where two_factor_evidence = 'unknown') as unknown_numerator,
    strict_numerator / nullif(denominator, 0) as strict_share,
    weak_numerator / nullif(denominator, 0) as weak_share,
    none_numerator / nullif(denominator, 0) as none_share
from projects
where is_top1pct
