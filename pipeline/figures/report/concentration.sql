-- Grain: one row per point of the Lorenz curve.
-- Answers: how unevenly is reach spread over accounts?
select
    account_share,
    downloads_share
from account_concentration
order by account_share, downloads_share
