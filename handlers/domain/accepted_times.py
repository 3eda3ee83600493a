"""The event times that are accepted, and why another one may have been sent."""

from contextlib import suppress
from decimal import Decimal
from typing import Final

import msgspec

from handlers.contract import MAXIMUM_TIMESTAMP
from handlers.domain.decimals import EXACT_ARITHMETIC
from handlers.domain.timestamps import MILLISECONDS_A_DAY, event_date, from_iso

_FEWER_DIGITS: Final = {"seconds": Decimal(1000)}
_MORE_DIGITS: Final = {"microseconds": Decimal("1E-3"), "nanoseconds": Decimal("1E-6")}
"""Units that are sent by mistake, in milliseconds."""
_LONGEST_NUMBER: Final = 20
_A_YEAR: Final = 365 * MILLISECONDS_A_DAY


class AcceptedTimes(msgspec.Struct, frozen=True):
    """The event times that are accepted, epoch milliseconds, both included."""

    oldest: int = 0
    latest: int = MAXIMUM_TIMESTAMP

    def check(self, moment: Decimal | int) -> None:
        """Refuse a time that is not accepted.

        Raises:
            ValueError: it is too early, or too late.
        """
        if moment < self.oldest:
            raise ValueError(f"must not be before {event_date(self.oldest)}")
        if moment > self.latest:
            raise ValueError(f"must not be after {event_date(self.latest)}")

    def explanation(self, value: object) -> str:
        """Return why a refused value may have been sent, to follow the reason; empty if unknown.

        Where every time since 1970 is accepted, it never says that a clock is not set.

        Args:
            value: a number as `Decimal`, a string, or any other value that was sent.
        """
        number = Decimal(value) if isinstance(value, str) and _is_number(value) else value
        reasons = self._other_units(number) if isinstance(number, Decimal) and number.is_finite() else []
        if self.oldest > 0 and self._is_early(value):
            reasons.append("the device's clock may not be set")
        return f": {'; or '.join(reasons)}" if reasons else ""

    def _other_units(self, number: Decimal) -> list[str]:
        """Name the unit in which the number would be accepted, now or within a year: such a clock may also be fast."""
        units = _MORE_DIGITS if number > self.latest else _FEWER_DIGITS if number > 0 else {}
        moments = {unit: EXACT_ARITHMETIC.multiply(number, milliseconds) for unit, milliseconds in units.items()}
        return [
            f"looks like {unit}; send milliseconds: {int(moment)}"
            for unit, moment in moments.items()
            if self.oldest <= moment <= self.latest + _A_YEAR
        ]

    def _is_early(self, value: object) -> bool:
        if isinstance(value, str):
            with suppress(ValueError):
                return from_iso(value) < self.oldest
        return isinstance(value, Decimal) and value.is_finite() and value < self.oldest


def _is_number(text: str) -> bool:
    """Return whether a text is an integer no longer than a time; a cold start would compile a pattern."""
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
