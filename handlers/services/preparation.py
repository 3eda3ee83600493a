"""Messages become planned readings, each message and each reading by itself: a fault stays with its own."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from handlers.aws.ingestion_queue import ReceivedMessage
from handlers.domain.message import MalformedMessageError, Message, from_body
from handlers.domain.reading import Key
from handlers.domain.rules import Rule
from handlers.domain.transform import Plan, plan
from handlers.errors import RefusedError, loggable

_PERMANENT: Final = (MalformedMessageError, RefusedError)


class Failure(msgspec.Struct, frozen=True):
    """Why readings of a message, or all of it, were not processed.

    Attributes:
        errors: at least one, by the pointers of their readings (`#/readings/0`); by "" an error of the whole message.
    """

    errors: Mapping[str, BaseException]

    @property
    def is_permanent(self) -> bool:
        """Whether none of the errors is transient."""
        return all(isinstance(error, _PERMANENT) for error in self.errors.values())

    @property
    def decisive(self) -> BaseException:
        """The error that decides the message's outcome: a transient one, if there is any."""
        return self.errors[self._decisive()]

    @property
    def reason(self) -> str:
        """The dead-letter reason: every failed reading and its error."""
        # A malformed reading's error contains its pointer, and a more precise one.
        return "; ".join(
            str(error) if isinstance(error, MalformedMessageError) else f"{pointer} {error}"
            for pointer, error in self.errors.items()
        )

    @property
    def loggable(self) -> str:
        """What may be logged, see `handlers.errors.loggable`: the decisive error, and the number of the others."""
        pointer = self._decisive()
        more = f" and {len(self.errors) - 1} more" if len(self.errors) > 1 else ""
        return f"{pointer} {loggable(self.errors[pointer])}{more}".lstrip()

    def _decisive(self) -> str:
        transient = (pointer for pointer, error in self.errors.items() if not isinstance(error, _PERMANENT))
        return next(transient, next(iter(self.errors)))


Failures = dict[str, Failure]
"""Why messages were not processed, by message id."""


class PreparedMessage(msgspec.Struct, frozen=True):
    """A message that can be read.

    Attributes:
        plans: of its readings, by their pointers.
        errors: of the readings that have no plan.
    """

    message_id: str
    message: Message
    plans: dict[str, Plan]
    errors: dict[str, BaseException]

    @property
    def size(self) -> int:
        """The number of its readings."""
        return len(self.plans) + len(self.errors)

    def all_errors(self, failed: Mapping[Key, BaseException]) -> dict[str, BaseException]:
        """Return the errors of all its readings, given those of the plans that failed in the batch."""
        keys = {pointer: each.reading.key for pointer, each in self.plans.items()}
        return self.errors | {pointer: failed[key] for pointer, key in keys.items() if key in failed}


def prepare(
    messages: Sequence[ReceivedMessage], rules: Mapping[str, Rule], now: int
) -> tuple[list[PreparedMessage], Failures]:
    """Read the messages of a batch, and plan what their readings lead to.

    Args:
        messages: of one batch.
        rules: limits by value names.
        now: epoch milliseconds.

    Returns:
        The messages that can be read, and the failures of the others.
    """
    prepared: list[PreparedMessage] = []
    failures: Failures = {}
    for each in messages:
        try:
            message = from_body(each.body)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one message, the others are processed
            failures[each.message_id] = Failure({"": error})
        else:
            prepared.append(_planned(each.message_id, message, rules, now))
    return prepared, failures


def _planned(message_id: str, message: Message, rules: Mapping[str, Rule], now: int) -> PreparedMessage:
    prepared = PreparedMessage(message_id, message, {}, dict(message.errors))
    for pointer, reading in message.readings.items():
        try:
            prepared.plans[pointer] = plan(reading, rules, now)
        except Exception as error:  # noqa: BLE001 - the same for the readings of a message
            prepared.errors[pointer] = error
    return prepared
