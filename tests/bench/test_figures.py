"""Medians, ratios and how numbers are written."""

import pytest

from bench.figures import median_ratio, rounded, spread


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
        (100, "100"),
        (99.96, "100"),
        (-4.333, "-4.33"),
    ],
)
def test_a_number_has_three_digits_and_no_exponent(value: float, text: str) -> None:
    assert rounded(value) == text


def test_a_spread_is_the_median_and_the_extremes() -> None:
    assert spread([3, 1, 2]) == "2 (1 to 3)"
    assert spread([0.003, 0.001, 0.002], 1000) == "2 (1 to 3)"


def test_a_ratio_is_within_each_round() -> None:
    # The machine was slow in the second round, for both.
    assert median_ratio([22, 44, 20], [20, 40, 10]) == pytest.approx(1.1)
    assert median_ratio([30, 10, 100], [10, 10, 100]) == 1


def test_a_subject_with_more_samples_in_a_round_counts_with_their_median() -> None:
    assert median_ratio([20, 100], [9, 10, 11, 40, 50, 60]) == 2
    assert median_ratio([9, 10, 11, 40, 50, 60], [20, 100]) == 0.5


def test_rounds_of_different_size_are_refused() -> None:
    with pytest.raises(ValueError, match="argument 2 is longer"):
        median_ratio([1, 2], [1, 2, 3, 4, 5])
