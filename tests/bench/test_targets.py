"""Growth with the number of environments: which figures meet the document's targets, and which miss them."""

import re
from collections.abc import Callable

import pytest

from bench.document import rendered
from bench.results import load_all

COUNTS = {"1 environment": 1, "10 environments": 10, "100 environments": 100, "1,000 environments": 1000}
TARGETS = ("1,000 environments in under 3 s", "linear: ", "memory for 1,000 environments")


def render(seconds: Callable[[int], float], mebibytes: Callable[[int], float]) -> str:
    """Render the document with other figures of growth."""
    results = load_all()
    for name, count in COUNTS.items():
        figures = {"wall_seconds": [seconds(count)], "peak_mebibytes": [mebibytes(count)]}
        results["synthesis"]["samples"][name] = figures
    return rendered(results, {})


def met(seconds: Callable[[int], float], mebibytes: Callable[[int], float]) -> list[bool]:
    text = render(seconds, mebibytes)
    verdicts = [re.search(rf"^\| {target}.* \| (met|\*\*missed\*\*: .+) \|$", text, re.MULTILINE) for target in TARGETS]
    return [verdict is not None and verdict[1] == "met" for verdict in verdicts]


def linear(count: int) -> float:
    return 0.2 + 0.0014 * count


def test_each_environment_beyond_the_row_above() -> None:
    seconds = {1: 1, 10: 1.9, 100: 10.9, 1000: 100.9}

    text = render(lambda count: seconds[count], lambda _count: 25)

    assert re.findall(r"^\| ([\d,]+) \| [\d.]+ \(.*\) \| (\d*) \| 25 \|$", text, re.MULTILINE) == [
        ("1", ""),
        ("10", "100"),
        ("100", "100"),
        ("1,000", "100"),
    ]


def test_linear_growth_and_flat_memory_are_met() -> None:
    assert met(linear, lambda count: 25 + count / 100) == [True, True, True]


def test_growth_with_the_square_is_not_linear() -> None:
    assert met(lambda count: linear(count) + count**2 / 1e6, lambda _count: 25) == [True, False, True]


def test_slow_growth_misses_the_seconds() -> None:
    assert met(lambda count: 3 * linear(count), lambda _count: 25) == [False, True, True]


def test_memory_that_grows_with_everything_is_not_flat() -> None:
    assert met(linear, lambda count: 25 + count / 10) == [True, True, False]


@pytest.mark.parametrize(("faster", "verdict"), [(100, "met"), (99, "**missed**: most of what is left is")])
def test_a_peers_target_is_a_minimum(faster: float, verdict: str) -> None:
    results = load_all()
    samples = results["synthesis"]["samples"]
    samples["this project"]["wall_seconds"], samples["CDKTF"]["wall_seconds"] = [1.0], [faster]
    samples["CDK Terrain"]["wall_seconds"] = samples["terrascript"]["wall_seconds"] = [1.0]

    assert f"| at least 100 times faster than CDKTF | {faster} times | {verdict}" in rendered(results, {})
