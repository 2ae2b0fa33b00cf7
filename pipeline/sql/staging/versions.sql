-- Grain: one row per distinct version string.
-- Answers: which release does a version string mean, and in which order do they come?
-- Strings that PEP 440 holds equal (`1.0`, `1.0.0`, `v1`) are one release and have neighbouring numbers.
with

numbered as (
    select
        version,
        is_valid,
        is_prerelease,
        version_order,
        if(is_valid, 1, -1) * row_number() over (partition by is_valid order by version_order, version) as version_id
    from staging.version_order
)

select
    version_id::integer as version_id,
    if(is_valid, min(version_id) over (partition by version_order), version_id)::integer as release_first_id,
    if(is_valid, max(version_id) over (partition by version_order), version_id)::integer as release_last_id,
    version,
    is_prerelease,
    is_valid
from numbered
