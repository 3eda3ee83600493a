"""How much time an invocation has left."""

import time
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

_MILLISECONDS: Final = 1000


class Context(Protocol):
    """The part of Lambda's context that tells the time."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends the invocation."""
        ...


class Deadline(msgspec.Struct, frozen=True):
    """The moment by which work must have ended.

    Attributes:
        remaining: returns the seconds left; negative afterwards.
    """

    remaining: Callable[[], float]

    @classmethod
    def of(cls, context: Context, reserved_seconds: float) -> "Deadline":
        """Return the end of an invocation less what has to be kept for its last steps."""
        return cls(lambda: context.get_remaining_time_in_millis() / _MILLISECONDS - reserved_seconds)

    def within(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> "Deadline":
        """Return this deadline, or the moment that many seconds from now, whichever comes first."""
        end = clock() + seconds
        return Deadline(lambda: min(self.remaining(), end - clock()))
