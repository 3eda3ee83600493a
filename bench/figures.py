"""Medians, spreads and ratios, and how they are written."""

import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """A measured value.

    Attributes:
        median: Of all samples.
        least: The smallest sample.
        greatest: The largest sample.
    """

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure":
        """The figure of at least one sample."""
        return cls(statistics.median(values), min(values), max(values))

    def shown(self, digits: int = 3) -> str:
        """Median, and least to greatest in brackets; the unit stands in the table's head."""
        return " ".join(
            (rounded(self.median, digits), f"({rounded(self.least, digits)} to {rounded(self.greatest, digits)})")
        )


def rounded(value: float, digits: int = 3) -> str:
    """A number with that many significant digits, without an exponent."""
    if not value:
        return "0"
    text = f"{value:.{digits}g}"
    return f"{float(text):,.0f}" if abs(value) >= 10 ** (digits - 1) else f"{float(text):.12f}".rstrip("0").rstrip(".")


def times(value: float) -> str:
    """A ratio as it is written."""
    return f"{rounded(value)} x"


def paired(values: Sequence[float], others: Sequence[float]) -> float:
    """How many times the others the values are: the median of the ratios within each round.

    What else the machine does changes from round to round and meets both sides of one round alike, so that it drops
    out of their ratio and stays in the ratio of two medians.

    Args:
        values: In the order of the rounds, as often in each.
        others: The same; where one side was repeated more often, the median of its round stands for it.
    """
    rounds = min(len(values), len(others))
    pairs = zip(_by_round(values, rounds), _by_round(others, rounds), strict=True)
    return statistics.median(value / other for value, other in pairs)


def _by_round(values: Sequence[float], rounds: int) -> list[float]:
    size, rest = divmod(len(values), rounds)
    if rest:
        raise ValueError(f"{len(values)} samples are not as many in each of {rounds} rounds")
    return [statistics.median(values[start : start + size]) for start in range(0, len(values), size)]
