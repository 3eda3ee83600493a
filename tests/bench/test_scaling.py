"""Growth with the number of environments: what is promised of it, and what breaks the promise."""

from collections.abc import Callable

import pytest

from bench.scaling import COUNTS, further_milliseconds, targets


def met(seconds: Callable[[int], float], mebibytes: Callable[[int], float]) -> list[bool]:
    walls = {count: seconds(count) for count in COUNTS}
    found = targets(walls[1000], further_milliseconds(walls), {count: mebibytes(count) for count in COUNTS})
    return [target.met for target in found]


def linear(count: int) -> float:
    return 0.2 + 0.0014 * count


def test_each_beyond_the_line_above() -> None:
    assert further_milliseconds({1: 1, 10: 1.9, 100: 10.9}) == pytest.approx({10: 100, 100: 100})


def test_linear_growth_and_flat_memory_are_met() -> None:
    assert met(linear, lambda count: 25 + count / 100) == [True, True, True]


def test_growth_with_the_square_is_not_linear() -> None:
    assert met(lambda count: linear(count) + count**2 / 1e6, lambda _count: 25) == [True, False, True]


def test_slow_growth_misses_the_seconds() -> None:
    assert met(lambda count: 3 * linear(count), lambda _count: 25) == [False, True, True]


def test_memory_that_grows_with_everything_held_is_not_flat() -> None:
    assert met(linear, lambda count: 25 + count / 10) == [True, True, False]
