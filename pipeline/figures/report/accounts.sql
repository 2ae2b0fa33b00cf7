-- Grain: one row per published number of accounts with two-factor authentication.
-- Answers: how many accounts had a second factor, and of how many on the same date?
with

qualified as (
    select
        *,
        case
            when contains(denominator_or_definition, 'lower bound') then 'at least'
            when contains(denominator_or_definition, 'approximate') then 'about'
            else 'exactly'
        end as qualifier
    from official_figures
)

select
    users.as_of,
    users.as_of_date as date,
    users.value::bigint as users,
    users.qualifier,
    users.is_secondary,
    total.value::bigint as users_total,
    total.qualifier as users_total_qualifier,
    users.value / total.value as share,
    users.denominator_or_definition as definition,
    users.source
from qualified as users
left join qualified as total on users.as_of = total.as_of and total.metric = 'users_total'
where users.metric = 'users_with_2fa'
order by users.as_of_date
