"""Messages become work, each by itself, and each reading of one: what is wrong with one stays with it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from handlers.aws.ingestion_queue import CORRELATION_ATTRIBUTE
from handlers.domain.message import Message, from_body
from handlers.domain.reading import Key
from handlers.domain.rules import Rule
from handlers.domain.transform import Plan, plan
from handlers.services.failure import Failure

Failures = dict[str, Failure]
"""What kept messages from being processed, by message id."""


class Received(msgspec.Struct, frozen=True):
    """A message as SQS gives it.

    Attributes:
        receive_count: how often it was received, this time included.
        correlation_id: of the request that caused it, where it says so.
    """

    message_id: str
    receipt_handle: str
    body: str
    receive_count: int
    correlation_id: str | None


class Work(msgspec.Struct, frozen=True):
    """A message that can be processed.

    Attributes:
        plans: of its readings, by their pointers.
        errors: of those readings that have none.
    """

    message_id: str
    message: Message
    plans: dict[str, Plan]
    errors: dict[str, BaseException]

    @property
    def size(self) -> int:
        """How many readings it has."""
        return len(self.plans) + len(self.errors)

    def undone(self, failed: Mapping[Key, BaseException]) -> dict[str, BaseException]:
        """What kept readings of it from being processed, given what failed of all that was planned."""
        keys = {pointer: each.reading.key for pointer, each in self.plans.items()}
        return self.errors | {pointer: failed[key] for pointer, key in keys.items() if key in failed}


def received(record: dict[str, Any]) -> Received:
    """Read a record of an SQS event; what its attributes lack must not cost the batch."""
    correlation = (record.get("messageAttributes") or {}).get(CORRELATION_ATTRIBUTE) or {}
    return Received(
        record["messageId"],
        record["receiptHandle"],
        record["body"],
        _receive_count(record.get("attributes") or {}),
        correlation.get("stringValue"),
    )


def _receive_count(attributes: Mapping[str, Any]) -> int:
    text = str(attributes.get("ApproximateReceiveCount"))
    return int(text) if text.isdecimal() else 1


def prepare(messages: Sequence[Received], rules: Mapping[str, Rule], now: int) -> tuple[list[Work], Failures]:
    """Read the messages and plan what they lead to.

    Args:
        messages: of one batch.
        rules: limits by value names.
        now: epoch milliseconds.

    Returns:
        The work, and the failures of the messages that are none.
    """
    works: list[Work] = []
    failures: Failures = {}
    for each in messages:
        try:
            message = from_body(each.body)
        except Exception as error:  # noqa: BLE001 - whatever one message does, the others are processed
            failures[each.message_id] = Failure({"": error})
        else:
            works.append(_work(each.message_id, message, rules, now))
    return works, failures


def _work(message_id: str, message: Message, rules: Mapping[str, Rule], now: int) -> Work:
    work = Work(message_id, message, {}, dict(message.errors))
    for pointer, reading in message.readings.items():
        try:
            work.plans[pointer] = plan(reading, rules, now)
        except Exception as error:  # noqa: BLE001 - nor does one reading of a message cost the others
            work.errors[pointer] = error
    return work
