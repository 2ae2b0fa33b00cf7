-- Grain: one row per account, the 15 that reach the most downloads; their names stay in the table accounts.
-- Answers: what does one account reach?
select
    row_number() over (order by downloads_30d_reachable desc, account asc) as place,
    project_count,
    critical_project_count::bigint as critical_project_count,
    single_owner_project_count::bigint as single_owner_project_count,
    downloads_30d_reachable,
    downloads_30d_reachable / (select sum(projects.downloads_30d) from projects) as downloads_share,
    if(shown_two_factor, 'shown', 'nothing follows') as two_factor
from accounts
where downloads_30d_reachable is not null
order by place
limit 15
