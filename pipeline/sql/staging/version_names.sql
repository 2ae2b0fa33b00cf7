-- Grain: one row per distinct version string.
-- Answers: which version strings are there to be put in order?
select distinct version from raw.files
