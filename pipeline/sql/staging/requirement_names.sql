-- Grain: one row per distinct requirement as written.
-- Answers: which requirements are there to be parsed?
select distinct requirement from raw.requirements
