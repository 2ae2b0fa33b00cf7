"""Adoption times by hand; the curve against the remission times of Freireich et al. (1963) as published."""

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from pipeline.statistics.survival import adoption_curve, adoption_times

REMISSION = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def times(*rows):
    def stamps(values):
        return pa.array([value and datetime(*value, 23, 59, tzinfo=UTC) for value in values], pa.timestamp("us", "UTC"))

    first, attested = zip(*rows, strict=True) if rows else ((), ())
    table = pa.table({"first_upload_at": stamps(first), "first_attested_at": stamps(attested)})
    return adoption_times(table, provenance_from=date(2024, 10, 21), observed_on=date(2026, 10, 31))


@pytest.mark.parametrize(
    ("first", "attested", "days", "is_adopted"),
    [
        ((2015, 1, 1), (2024, 10, 31), 10, True),
        ((2025, 1, 1), (2025, 1, 1), 0, True),
        ((2015, 1, 1), (2024, 10, 10), 0, True),
        ((2015, 1, 1), None, 740, False),
        ((2026, 10, 30), None, 1, False),
        ((2026, 10, 1), (2026, 11, 2), 30, False),
    ],
    ids=["clock starts with provenance", "from the first release", "of the first weeks", "never", "young", "later"],
)
def test_the_clock_runs_from_entry_to_adoption_or_observation(first, attested, days, is_adopted):
    found = times((first, attested))

    assert (found.days.tolist(), found.is_adopted.tolist(), found.is_included.tolist()) == (
        [days],
        [is_adopted],
        [True],
    )


def test_projects_without_a_release_so_far_are_left_out():
    found = times((None, None), ((2026, 11, 1), None), ((2025, 1, 1), None))

    assert found.is_included.tolist() == [False, False, True]
    assert len(found.days) == len(found.is_adopted) == 1
    assert len(times().days) == 0


def test_nobody_is_included_when_observation_ends_before_provenance():
    table = pa.table({"first_upload_at": [date(2020, 1, 1)], "first_attested_at": pa.array([None], pa.date32())})

    found = adoption_times(table, provenance_from=date(2024, 10, 21), observed_on=date(2024, 10, 1))

    assert found.is_included.tolist() == [False]


def test_the_curve_of_the_published_remission_times():
    found = adoption_curve(REMISSION, RELAPSED, range(21))

    assert found.days == (6, 7, 10, 13, 16, 22, 23)
    assert [1 - share for share in found.share] == pytest.approx(
        [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4
    )
    assert found.at_risk == (21, 17, 15, 12, 11, 7, 6)
    assert (found.median_days, found.n, found.event_count) == (23, 21, 9)


def test_with_one_project_each_the_variance_is_that_of_greenwood():
    found = adoption_curve(REMISSION, RELAPSED, range(21))

    greenwood = SurvfuncRight(np.array(REMISSION), np.array(RELAPSED)).surv_prob_se
    survival = 1 - np.array(found.share)
    half = np.log(np.log(1 - np.array(found.high)) / np.log(survival))
    quantile = 2.085963  # of Student's t with 20 degrees of freedom
    assert half * -np.log(survival) * survival / quantile / np.sqrt(21 / 20) == pytest.approx(greenwood, rel=1e-6)


def test_twice_the_same_projects_in_the_same_hands_tell_nothing_new():
    once = adoption_curve(REMISSION, RELAPSED, range(21))
    twice = adoption_curve(REMISSION * 2, RELAPSED * 2, list(range(21)) * 2)

    assert twice.share == pytest.approx(once.share)
    assert twice.low == pytest.approx(once.low)
    assert twice.high == pytest.approx(once.high)


def test_where_everybody_has_adopted_the_interval_ends():
    found = adoption_curve([1, 2, 3], [True, True, True], ["a", "b", "c"])

    assert found.share == pytest.approx((1 / 3, 2 / 3, 1))
    assert found.low[2] is found.high[2] is None
    assert 0 < found.low[1] < found.share[1] < found.high[1] <= 1
    assert found.median_days == 2


def test_a_single_owner_has_a_curve_without_interval():
    found = adoption_curve([0, 2, 3], [True, False, False], ["a", "a", "a"])

    assert (found.days, found.low, found.high, found.median_days) == ((0,), (None,), (None,), None)


def test_without_adoption_there_is_a_reason():
    found = adoption_curve([5, 6], [False, False], ["a", "b"])

    assert (found.days, found.event_count, found.reason) == ((), 0, "nobody has adopted")
    assert adoption_curve([], [], []).n == 0
