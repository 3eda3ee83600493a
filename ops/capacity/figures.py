"""Figures for people: three digits that count, and bars of text."""

from typing import Final

_FULL: Final = "█"
_PARTS: Final = " ▏▎▍▌▋▊▉"


def number(value: float) -> str:
    """A number with three digits that count, thousands set apart."""
    if value == 0:
        return "0"
    if abs(value) >= 100:  # noqa: PLR2004 - from here on no digits after the point
        return f"{value:,.0f}"
    digits = max(0, 2 - _magnitude(value))
    return f"{value:.{min(digits, 6)}f}"


def dollars(value: float) -> str:
    """Dollars, cents where they count."""
    return f"${number(value)}" if value >= 100 or value == 0 else f"${value:.2f}" if value >= 1 else f"${value:.3f}"  # noqa: PLR2004


def share(value: float) -> str:
    """A share in percent."""
    return f"{number(value * 100)} %"


def bar(value: float, width: int = 30) -> str:
    """A bar for a share of `width` characters; over 1 it is full, with an arrow."""
    if value > 1:
        return _FULL * (width - 1) + "▶"
    eighths = round(value * width * 8)
    return (_FULL * (eighths // 8) + _PARTS[eighths % 8]).rstrip()


def _magnitude(value: float) -> int:
    magnitude = 0
    while abs(value) >= 10 ** (magnitude + 1):
        magnitude += 1
    while abs(value) < 10**magnitude:
        magnitude -= 1
    return magnitude
