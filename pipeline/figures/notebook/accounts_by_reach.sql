-- Grain: one row per account, the 15 that reach the most downloads; without their names, which the table accounts holds.
-- Answers: what does one account reach?
select
    row_number() over (order by downloads_30d_reachable desc, account) as place,
    project_count,
    critical_project_count::bigint as critical_project_count,
    single_owner_project_count::bigint as single_owner_project_count,
    downloads_30d_reachable,
    downloads_30d_reachable / (select sum(downloads_30d) from projects) as downloads_share,
    if(shown_two_factor, 'shown', 'nothing follows') as two_factor
from accounts
where downloads_30d_reachable is not null
order by place
limit 15
