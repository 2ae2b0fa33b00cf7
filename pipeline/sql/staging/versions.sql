-- Grain: one row per distinct version string.
-- Answers: which release does a version string mean?
select
    coalesce(version_order, -row_number() over (order by version))::integer as version_id,
    version,
    is_prerelease,
    is_valid
from staging.version_order
