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


def ratio(value: float, other: float) -> str:
    """How many times the other the value is."""
    return f"{rounded(value / other)} x"
