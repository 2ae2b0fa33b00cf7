-- Grain: one row per project and kind of change since the period before, the first 300 of each kind by download rank.
-- Answers: which projects adopted, which regressed, whose publisher, organization or status changed?
-- `total` is the number of all projects with a change of the kind.
with

current_changes as (
    select
        changes.project,
        changes.what,
        changes.before,
        changes.after,
        changes.before in ('attested', 'partly_attested') as was_attested,
        changes.after in ('attested', 'partly_attested') as is_attested,
        changes.before in ('enforced', 'trusted_publisher') as was_shown,
        changes.after in ('enforced', 'trusted_publisher') as is_shown
    from changes
    inner join runs using (source, period)
    where changes.what not in ('Owner', 'Maintainer')
),

named as (
    select
        project,
        what,
        before,
        after,
        case
            when what = 'publishing_evidence' and is_attested and not was_attested then 'adopted'
            when what = 'publishing_evidence' and was_attested and not is_attested then 'regressed'
            when what = 'publishing_evidence' and is_attested then 'attested_in_part'
            when what = 'publishing_evidence' and before = 'predates_attestations' then 'published_without'
            when what = 'publishing_evidence' then 'older_release'
            when what = 'two_factor_evidence' and is_shown and not was_shown then 'shown'
            when what = 'two_factor_evidence' and was_shown and not is_shown then 'no_longer_shown'
            when what = 'two_factor_evidence' then 'other_evidence'
            when what in ('publisher_repository', 'publisher_kind') then 'publisher'
            else what
        end as kind
    from current_changes
),

-- Another repository at another kind of publisher is one change: its row names both, the repository first.
told as (
    select
        project,
        kind,
        string_agg(before, ' at ' order by what desc) as before,
        string_agg(after, ' at ' order by what desc) as after
    from named
    group by project, kind
),

ranked as (
    select
        told.*,
        projects.tier,
        projects.download_rank,
        row_number() over by_rank as place,
        count(*) over (partition by told.kind) as total
    from told
    inner join projects using (project)
    window by_rank as (
        partition by told.kind order by projects.download_rank nulls last, told.project
    )
)

select
    kind,
    project,
    before,
    after,
    tier,
    download_rank,
    total
from ranked
where place <= 300
order by kind, place
