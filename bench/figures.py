"""Medians, ratios and spreads, and how they are written."""

from collections.abc import Sequence
from statistics import median


def median_ratio(values: Sequence[float], others: Sequence[float]) -> float:
    """How many times the others the values are: the median of the ratios within each round.

    Other load on the machine changes from round to round and affects both sides of one round alike. It cancels out in
    their ratio, but not in the ratio of two medians.

    Args:
        values: In the order of the rounds.
        others: The same. Where one side has more samples in each round, the median of its round counts.

    Raises:
        ValueError: The samples cannot be divided into as many rounds of the same size.
    """
    rounds = min(len(values), len(others))
    pairs = zip(_medians(values, rounds), _medians(others, rounds), strict=True)
    return median(value / other for value, other in pairs)


def _medians(values: Sequence[float], rounds: int) -> list[float]:
    size = len(values) // rounds
    return [median(values[start : start + size]) for start in range(0, len(values), size)]


def spread(values: Sequence[float], scale: float = 1) -> str:
    """The median, and the minimum and maximum in brackets, each multiplied by the scale."""
    low, middle, high = (rounded(each(values) * scale) for each in (min, median, max))
    return f"{middle} ({low} to {high})"


def rounded(value: float) -> str:
    """A number as text, with three significant digits and without an exponent."""
    if not value:
        return "0"
    text = f"{value:.3g}"
    return f"{float(text):,.0f}" if abs(float(text)) >= 100 else f"{float(text):.12f}".rstrip("0").rstrip(".")  # noqa: PLR2004 - three digits
