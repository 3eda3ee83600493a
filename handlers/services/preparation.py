"""Messages become work, each by itself: what is wrong with one stays with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.aws.ingestion_queue import CORRELATION_ATTRIBUTE
from handlers.domain.message import Message, from_body
from handlers.domain.rules import Rule
from handlers.domain.transform import Plan, plan

Errors = dict[str, BaseException]
"""What kept messages from being processed, by message id."""


@dataclass(frozen=True, slots=True)
class Received:
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


@dataclass(frozen=True, slots=True)
class Work:
    """A message that can be processed."""

    message_id: str
    message: Message
    plan: Plan

    @property
    def key(self) -> tuple[str, int]:
        """The reading's key."""
        return self.plan.reading.key


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


def prepare(messages: Sequence[Received], rules: Mapping[str, Rule], now: int) -> tuple[list[Work], Errors]:
    """Read the messages and plan what they lead to.

    Args:
        messages: of one batch.
        rules: limits by value names.
        now: epoch milliseconds.

    Returns:
        The work, and the errors of the messages that are none.
    """
    works: list[Work] = []
    errors: Errors = {}
    for each in messages:
        try:
            message = from_body(each.body)
            works.append(Work(each.message_id, message, plan(message.reading, rules, now)))
        except Exception as error:  # noqa: BLE001 - whatever one message does, the others are processed
            errors[each.message_id] = error
    return works, errors
