"""The numbers that DynamoDB can store."""

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact, Overflow, Subnormal
from typing import Final

MAXIMUM_DIGITS: Final = 38
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html, as the two exponents."""
SMALLEST_EXPONENT: Final = -130
LARGEST_EXPONENT: Final = 125

_EXACT: Final = Context(
    prec=MAXIMUM_DIGITS, Emin=SMALLEST_EXPONENT, Emax=LARGEST_EXPONENT, traps=[Inexact, Overflow, Subnormal]
)
_ROUNDING: Final = Context(
    prec=MAXIMUM_DIGITS, Emin=SMALLEST_EXPONENT, Emax=LARGEST_EXPONENT, traps=[Overflow, Subnormal]
)
EXACT_ARITHMETIC: Final = Context(prec=300, Emin=MIN_EMIN, Emax=MAX_EMAX)
"""The sum of any two numbers that DynamoDB can store is exact: it has at most 256 digits."""


def canonical(value: Decimal) -> Decimal:
    """Return the same number as DynamoDB returns it: no trailing zeros, no negative zero.

    Raises:
        ValueError: not finite, more than 38 significant digits, or a magnitude beyond 1E-130 to 9.99E+125.
    """
    if not value.is_finite():
        raise ValueError("must be a finite number")
    try:
        return _plain(_EXACT.normalize(value))
    except (Overflow, Subnormal):
        raise ValueError("must be 0 or between 1E-130 and 9.99E+125 in magnitude") from None
    except Inexact:
        raise ValueError(f"must have at most {MAXIMUM_DIGITS} significant digits") from None


def is_integer(value: Decimal) -> bool:
    """Return whether a number is an integer, as in JSON Schema: `1`, `1.0` and `1e0` are."""
    return value.is_finite() and value == value.to_integral_value()


def fitted(value: Decimal) -> Decimal | None:
    """Return the nearest number that DynamoDB can store, or None where the magnitude is beyond its range."""
    try:
        return _plain(_ROUNDING.normalize(value))
    except (Overflow, Subnormal):
        return None


def _plain(value: Decimal) -> Decimal:
    """Return 100 instead of 1E+2 where the digits allow it."""
    if not value:
        return Decimal(0)
    is_short_integer = value == value.to_integral_value() and value.adjusted() < MAXIMUM_DIGITS
    return value.quantize(Decimal(1), context=_EXACT) if is_short_integer else value
