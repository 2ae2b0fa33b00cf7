-- Grain: one row per pair of definitions of criticality.
-- Answers: do the definitions mean the same projects?
with

memberships as (
    select
        project_id,
        unnest(critical_by) as definition
    from signals.criticality
),

sizes as (
    select
        definition,
        count(*) as project_count
    from memberships
    group by definition
),

shared as (
    select
        one.definition as definition_a,
        other.definition as definition_b,
        count(*) as both_count
    from memberships as one
    inner join memberships as other on one.project_id = other.project_id and one.definition < other.definition
    group by one.definition, other.definition
)

select
    a.definition as definition_a,
    b.definition as definition_b,
    coalesce(shared.both_count, 0) as both_count,
    a.project_count + b.project_count - coalesce(shared.both_count, 0) as either_count
from sizes as a
inner join sizes as b on a.definition < b.definition
left join shared on a.definition = shared.definition_a and b.definition = shared.definition_b
