"""The evaluator agrees with AWS's own tables.

They are the tables of the CloudWatch user guide, "How alarm state is evaluated when data is missing", read 2026-11-23:
five points, oldest first, `0` within the threshold, `X` breaching, `-` missing.
"""

import pytest

from tests.proofs.alarms.evaluator import judge
from tests.support.proving import Figures

POINTS = {"0": False, "X": True, "-": None}
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
RETAINED = "retained"
THREE_OF_THREE = {
    "0-X-X": ("OK", "OK", "OK", "OK"),
    "----0": ("OK", "OK", "OK", "OK"),
    "-----": ("INSUFFICIENT_DATA", RETAINED, "ALARM", "OK"),
    "0XX-X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "--X--": ("ALARM", RETAINED, "ALARM", "OK"),
}
TWO_OF_THREE = {
    "0-X-X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "00X0X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "0-X--": ("OK", "OK", "ALARM", "OK"),
    "----0": ("OK", "OK", "ALARM", "OK"),
    "---X-": ("ALARM", RETAINED, "ALARM", "OK"),
}
CASES = [(3, *row) for row in THREE_OF_THREE.items()] + [(2, *row) for row in TWO_OF_THREE.items()]


@pytest.mark.proof("alarms")
@pytest.mark.parametrize(("enough", "points", "states"), CASES)
def test_it_agrees_with_the_published_tables(
    enough: int, points: str, states: tuple[str, ...], figures: Figures
) -> None:
    found = [judge([POINTS[point] for point in points], 3, enough, treatment, RETAINED) for treatment in TREATMENTS]

    assert tuple(found) == states
    figures.tried("states of AWS's published tables", len(states))


def test_earlier_points_do_not_matter() -> None:
    assert judge([True, True, True, False, False, False], 3, 3, "notBreaching", "ALARM") == "OK"
