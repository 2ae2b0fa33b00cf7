-- Grain: one row per power of ten of the downloads that an account reaches.
-- Answers: how much can one account reach, and is it shown to have a second factor?
with

banded as (
    select
        shown_two_factor,
        greatest(floor(log10(greatest(downloads_30d_reachable, 1))), 2)::integer as power
    from accounts
    where downloads_30d_reachable is not null
)

select
    case power
        when 2 then 'Fewer than 1,000 downloads in 30 days'
        else format('{:,} and more', (10 ** power)::bigint)
    end as band,
    -power as place,
    count(*) as accounts,
    count(*) filter (where shown_two_factor) as shown
from banded
group by power
order by power desc
