"""Medians, ratios and how numbers are written."""

import pytest

from bench.figures import Figure, ratio, rounded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.1234, "0.123"),
        (0.00001234, "0.0000123"),
        (12.5, "12.5"),
        (123.4, "123"),
        (12345.6, "12,300"),
        (2.0, "2"),
    ],
)
def test_a_number_has_three_digits_and_no_exponent(value: float, text: str) -> None:
    assert rounded(value) == text


def test_a_figure_is_the_median_and_the_spread() -> None:
    assert Figure.of([3, 1, 2]).shown() == "2 (1 to 3)"


def test_a_ratio_says_times() -> None:
    assert ratio(13.8, 0.138) == "100 x"
