"""What all statistics share."""

import numpy as np
import pytest

from pipeline.statistics.results import number_clusters, student_quantile


@pytest.mark.parametrize(
    ("labels", "numbers", "count"),
    [
        (["b", "a", "b"], [0, 1, 0], 2),
        (np.array([7, 7, 9]), [0, 0, 1], 2),
        (["a", None, "a", None], [0, 1, 0, 2], 3),
        ([None, None], [0, 1], 2),
        (range(3), [0, 1, 2], 3),
        ([], [], 0),
    ],
)
def test_clusters_are_numbered_and_unknown_ones_stand_alone(labels, numbers, count):
    codes, found = number_clusters(labels)

    assert (codes.tolist(), found) == (numbers, count)


def test_quantiles_of_student_as_in_the_tables():
    assert [round(student_quantile(freedom), 3) for freedom in (1, 10, 120)] == [12.706, 2.228, 1.98]
