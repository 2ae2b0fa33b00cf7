-- Grain: one row per project.
-- Answers: how widely is the project used, by downloads?
-- Equal counts stand in the order of names, which is that of the numbers of projects.
with

is_ranked as (
    select
        count(download_rank) > 0 as by_index,
        max(download_rank) as last_rank,
        (select count(*) > 0 from signals.downloads) as by_downloads,
        count(*) as project_count
    from staging.projects
),

ranked as (
    select
        projects.project_id,
        downloads.downloads_30d,
        is_ranked.project_count,
        is_ranked.by_index or is_ranked.by_downloads as is_rank_observed,
        -- A list of ranks that ends within the first 1 % says nothing of the others there.
        coalesce(is_ranked.last_rank, is_ranked.project_count) < is_ranked.project_count // 100 as is_cut_short,
        if(
            is_ranked.by_index,
            projects.download_rank,
            if(
                downloads.downloads_30d > 0,
                row_number() over (order by downloads.downloads_30d desc nulls last, projects.project_id asc),
                null
            )
        ) as download_rank,
        sum(downloads.downloads_30d) over () as downloads_of_all,
        sum(downloads.downloads_30d) over (
            order by downloads.downloads_30d desc nulls last, projects.project_id asc
            rows between unbounded preceding and 1 preceding
        ) as downloads_before
    from staging.projects as projects
    cross join is_ranked
    left join signals.downloads as downloads using (project_id)
)

select
    project_id,
    case
        when not is_rank_observed then null
        when download_rank <= 100 then 'top_100'
        when download_rank <= 1000 then 'top_1000'
        when download_rank <= project_count // 100 then 'top_1pct'
        when download_rank <= 15000 then 'top_15000'
        else 'long_tail'
    end as tier,
    download_rank,
    downloads_30d,
    case
        when not is_rank_observed or (download_rank is null and is_cut_short) then null
        else coalesce(download_rank <= project_count // 100, false)
    end as is_top1pct,
    if(downloads_30d is null, null, coalesce(downloads_before, 0) < 0.8 * downloads_of_all) as is_mass80
from ranked
