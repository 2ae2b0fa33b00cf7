-- Grain: one row per measure, scope and population.
-- Answers: what were the figures in the period before, and what are they now?
-- Scope `all`: every project followed; `rank_1000`: those of download rank 1 to 1,000 in the month. Population `each`:
-- all of the month; `both`: those of both months, so that no project that came or went moves the share.
with

compared as (
    select
        runs.source,
        runs.period,
        max(history.period) as previous_period
    from runs
    inner join project_history as history on runs.source = history.source and runs.period > history.period
    group by runs.source, runs.period
),

followed as (
    select
        history.*,
        if(history.period = compared.period, 'now', 'before') as moment
    from compared
    inner join project_history as history
        on
            compared.source = history.source
            and history.period in (compared.period, compared.previous_period)
),

asked as (
    select
        project,
        moment,
        if(download_rank <= 1000, ['all', 'rank_1000'], ['all']) as scopes,
        unnest([
            {
                'measure': 'two_factor_shown',
                'holds': two_factor_evidence in ('enforced', 'trusted_publisher'),
                'is_known': two_factor_evidence <> 'unknown'
            },
            {
                'measure': 'attested',
                'holds': publishing_evidence in ('attested', 'partly_attested'),
                'is_known': publishing_evidence not in ('unobserved', 'not_observable')
            },
            {
                'measure': 'single_owner',
                'holds': owner_count = 1,
                'is_known': owner_count is not null and organization is null
            },
            {
                'measure': 'organization',
                'holds': organization is not null,
                'is_known': owner_count is not null
            }
        ], recursive := true)
    from followed
),

scoped as (
    select
        measure,
        unnest(scopes) as scope,
        project,
        moment,
        holds
    from asked
    where is_known
),

matched as (
    select
        *,
        unnest(
            if(count(*) over (partition by measure, scope, project) = 2, ['each', 'both'], ['each'])
        ) as population
    from scoped
)

select
    measure,
    scope,
    population,
    count(*) filter (where moment = 'before' and holds) as before_numerator,
    count(*) filter (where moment = 'before') as before_denominator,
    before_numerator / nullif(before_denominator, 0) as before_share,
    count(*) filter (where moment = 'now' and holds) as now_numerator,
    count(*) filter (where moment = 'now') as now_denominator,
    now_numerator / nullif(now_denominator, 0) as now_share,
    now_share - before_share as difference
from matched
group by measure, scope, population
order by measure, scope, population
