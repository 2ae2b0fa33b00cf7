-- Grain: one row per band of the number of critical projects that an account reaches.
-- Answers: through how many accounts can critical projects be reached, and how many are shown to have a second factor?
with

banded as (
    select
        case
            when critical_project_count = 0 then 0
            when critical_project_count = 1 then 1
            when critical_project_count = 2 then 2
            when critical_project_count <= 5 then 3
            when critical_project_count <= 10 then 6
            else 11
        end as first_count,
        critical_project_count,
        shown_two_factor
    from accounts
    where critical_project_count is not null
)

select
    first_count,
    max(critical_project_count)::bigint as last_count,
    count(*) as account_count,
    count(shown_two_factor) as shown_count,
    shown_count / account_count as shown_share
from banded
group by first_count
order by first_count
