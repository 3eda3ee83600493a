"""What kept a message from being processed, and what may be said of it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from handlers.domain.message import MalformedMessageError
from handlers.errors import RefusedError, told

_FINAL: Final = (MalformedMessageError, RefusedError)


class Failure(msgspec.Struct, frozen=True):
    """What kept readings of a message from being processed, or all of it.

    Attributes:
        errors: at least one, by the pointers of their readings (`#/readings/0`); by "" what all of it met.
    """

    errors: Mapping[str, BaseException]

    @property
    def is_final(self) -> bool:
        """Tell whether none of it may pass."""
        return all(isinstance(error, _FINAL) for error in self.errors.values())

    @property
    def decisive(self) -> BaseException:
        """What decides the message's fate: an error that may pass, where there is one."""
        return self.errors[self._decisive()]

    @property
    def reason(self) -> str:
        """What a dead letter says: every reading at fault, and why."""
        # A malformed reading's error says its place by itself, and more closely.
        return "; ".join(
            str(error) if isinstance(error, MalformedMessageError) else f"{pointer} {error}"
            for pointer, error in self.errors.items()
        )

    @property
    def told(self) -> str:
        """What a log says, see `handlers.errors.told`: the decisive error, and how many there are besides."""
        pointer = self._decisive()
        more = f" and {len(self.errors) - 1} more" if len(self.errors) > 1 else ""
        return f"{pointer} {told(self.errors[pointer])}{more}".lstrip()

    def _decisive(self) -> str:
        passing = (pointer for pointer, error in self.errors.items() if not isinstance(error, _FINAL))
        return next(passing, next(iter(self.errors)))
