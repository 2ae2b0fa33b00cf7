-- Grain: one row per project.
-- Answers: is the project critical, under each of four definitions?
-- The two definitions by the graph take as many projects as the one by downloads: 1 % of the index. Where requirements
-- were read of a part of the projects only, others may need what none of these needs: 0 would be "nobody looked".
with

is_known as (
    select
        avg(has_known_requirements::integer) >= 0.9 as is_whole,
        (select count(*) from staging.projects) // 100 as critical_count
    from signals.dependency_nodes
),

placed as (
    select
        ranks.*,
        is_known.critical_count,
        if(is_known.is_whole or dependents.dependents_direct > 0, dependents.dependents_direct, null)
            as dependents_direct,
        if(is_known.is_whole or dependents.dependents_direct > 0, dependents.dependents_transitive, null)
            as dependents_transitive,
        if(is_known.is_whole or dependents.dependents_direct > 0, dependents.pagerank, null) as pagerank,
        row_number() over (order by dependents.dependents_transitive desc, ranks.project_id asc) as dependents_place,
        row_number() over (order by dependents.pagerank desc, ranks.project_id asc) as pagerank_place
    from signals.ranks as ranks
    cross join is_known
    left join signals.dependents as dependents using (project_id)
)

select
    project_id,
    tier,
    download_rank,
    downloads_30d,
    dependents_direct,
    dependents_transitive,
    pagerank,
    is_top1pct,
    is_mass80,
    if(
        dependents_transitive is null, null, dependents_place <= critical_count and dependents_transitive > 0
    ) as is_top_dependents,
    if(pagerank is null, null, pagerank_place <= critical_count and dependents_direct > 0) as is_top_pagerank,
    list_filter(
        [
            if(is_top1pct, 'top1pct', null),
            if(is_mass80, 'mass80', null),
            if(dependents_place <= critical_count and dependents_transitive > 0, 'dependents', null),
            if(pagerank_place <= critical_count and dependents_direct > 0, 'pagerank', null)
        ],
        lambda definition: definition is not null
    ) as critical_by
from placed
