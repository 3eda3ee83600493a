"""Medians, ratios and how numbers are written."""

import pytest

from bench.figures import Figure, paired, rounded, times


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
    assert times(100) == "100 x"


def test_a_ratio_is_within_each_round() -> None:
    # The machine was slow in the second round, for both.
    assert paired([22, 44, 20], [20, 40, 10]) == pytest.approx(1.1)
    assert paired([30, 10, 100], [10, 10, 100]) == 1


def test_a_side_that_is_repeated_counts_with_its_rounds_median() -> None:
    assert paired([20, 100], [9, 10, 11, 40, 50, 60]) == 2
    assert paired([9, 10, 11, 40, 50, 60], [20, 100]) == 0.5


def test_rounds_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="5 samples are not as many in each of 2 rounds"):
        paired([1, 2], [1, 2, 3, 4, 5])
