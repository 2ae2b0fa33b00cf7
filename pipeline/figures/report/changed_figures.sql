-- Grain: one row per measure, scope and population.
-- Answers: what were the figures in the period before, and what are they now?
-- Scope `all`: every project followed; `rank_1000`: those of download rank 1 to 1,000 in the month. Population `each`:
-- all of the month; `both`: those of both months, so that no project that came or went moves the share, nor one that is
-- seen otherwise than before (the rule of the table `changes`).
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
        newest_upload_precision,
        status,
        publishing_evidence not in ('unobserved', 'not_observable') as is_provenance_known,
        two_factor_evidence = 'trusted_publisher' as is_by_publisher,
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
        holds,
        newest_upload_precision,
        status,
        is_provenance_known,
        is_by_publisher
    from asked
    where is_known
),

matched as (
    select
        measure,
        scope,
        moment,
        holds,
        count(*) over seen = 2
        and (
            measure <> 'two_factor_shown'
            or (
                count(newest_upload_precision) over seen = 2
                and min(newest_upload_precision) over seen = max(newest_upload_precision) over seen
                and count(status) over seen in (0, 2)
                and (bool_and(is_provenance_known) over seen or not bool_or(is_by_publisher) over seen)
            )
        ) as is_in_both
    from scoped
    window seen as (partition by measure, scope, project)
),

counted as (
    select
        measure,
        scope,
        moment,
        holds,
        unnest(if(is_in_both, ['each', 'both'], ['each'])) as population
    from matched
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
from counted
group by measure, scope, population
order by measure, scope, population
