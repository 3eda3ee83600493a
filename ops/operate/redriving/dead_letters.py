"""A dead-letter message: what an operator may see of it (never its content), and how messages are chosen."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from handlers.aws.dead_letter_queue import ORIGINAL_ID_ATTRIBUTE, REASON_ATTRIBUTE, RECEIVE_COUNT_ATTRIBUTE
from handlers.contract import DEVICE_ID_PATTERN
from handlers.domain.documents import parse
from handlers.errors import MalformedDocumentError

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

RECEIVED_TOO_OFTEN: Final = "received too often"
"""The reason of messages that SQS dead-lettered itself: it records none."""
_LAMBDA_REASON_ATTRIBUTE: Final = "ErrorMessage"
_EARLIER_IDS: Final = (ORIGINAL_ID_ATTRIBUTE, "RequestID")
"""Attributes. Lambda's are `ErrorMessage`, `RequestID` and `ErrorCode` (its guide, "Adding a dead-letter queue")."""
_SHOWN_REASON: Final = 120
"""Characters: an error message may be long."""


class _Context(msgspec.Struct):
    functionArn: str  # noqa: N815  # Lambda's name


class Invocation(msgspec.Struct):
    """A failed asynchronous invocation (Lambda developer guide, "Capturing records"), the fields that are used."""

    requestContext: _Context  # noqa: N815  # Lambda's name
    requestPayload: msgspec.Raw  # noqa: N815  # the same; kept as text, so that no digit changes
    responsePayload: dict[str, Any] | None = None  # noqa: N815  # the same

    @property
    def function(self) -> str:
        """The function's name."""
        return self.requestContext.functionArn.partition(":function:")[2].partition(":")[0]


@dataclass(frozen=True)
class DeadLetter:
    """A message that was received from a dead-letter queue.

    Attributes:
        message_id: Its id in the dead-letter queue.
        receipt_handle: Identifies this receive, for deleting the message or changing its visibility.
        body: Its body.
        devices: The devices of its readings, each once, in their order; empty where the body names none.
        reason: Why it is there.
        since: When it was sent to the dead-letter queue or, where SQS moved it there, to its first queue.
        receives: How often it was received before it was dead-lettered or, where that is not recorded, until now.
        earlier_ids: The ids that it had in its first queue, as far as they are known.
        invocation: The failed invocation that it records, or None.
    """

    message_id: str
    receipt_handle: str = field(repr=False)
    body: str = field(repr=False)
    devices: tuple[str, ...]
    reason: str
    since: datetime
    receives: int
    earlier_ids: frozenset[str]
    invocation: Invocation | None = field(repr=False)

    @classmethod
    def from_message(cls, message: "MessageTypeDef") -> "DeadLetter":
        """Read a message that was received with all its attributes."""
        texts = {name: value.get("StringValue", "") for name, value in message.get("MessageAttributes", {}).items()}
        system, body = message["Attributes"], message["Body"]
        invocation = _invocation(body)
        response = invocation.responsePayload if invocation else None
        error = response.get("errorMessage") if response else None
        return cls(
            message["MessageId"],
            message["ReceiptHandle"],
            body,
            _devices(body),
            str(texts.get(REASON_ATTRIBUTE) or texts.get(_LAMBDA_REASON_ATTRIBUTE) or error or RECEIVED_TOO_OFTEN),
            datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC),
            int(texts.get(RECEIVE_COUNT_ATTRIBUTE) or system["ApproximateReceiveCount"]),
            # SQS keeps the id of a message that it moves itself.
            frozenset({message["MessageId"], *(texts[name] for name in _EARLIER_IDS if name in texts)}),
            invocation,
        )

    def line(self) -> str:
        """One line about it, without the control characters that it may contain."""
        first, *others = self.devices or ("-",)
        devices = f"{first} and {len(others)} more" if others else first
        since = self.since.isoformat(timespec="seconds").replace("+00:00", "Z")
        reason = "".join(character if character.isprintable() else "?" for character in self.reason[:_SHOWN_REASON])
        return f"  {self.message_id}  {devices}  since {since}  {self.receives} receives  {reason}"


@dataclass(frozen=True)
class Choice:
    """Which messages to redrive: those that match every criterion that is given, by any one of its values.

    Attributes:
        message_ids: Ids in the dead-letter queue.
        devices: Device ids; a message with readings of several devices matches by one of them.
        reasons: Parts of reasons; upper and lower case are the same.
    """

    message_ids: Sequence[str] = ()
    devices: Sequence[str] = ()
    reasons: Sequence[str] = ()

    def matches(self, message: DeadLetter) -> bool:
        """Whether a message is chosen."""
        reason = message.reason.lower()
        return (
            (not self.message_ids or message.message_id in self.message_ids)
            and (not self.devices or not set(self.devices).isdisjoint(message.devices))
            and (not self.reasons or any(part.lower() in reason for part in self.reasons))
        )


ALL_MESSAGES: Final = Choice()


def _invocation(body: str) -> Invocation | None:
    try:
        return msgspec.json.decode(body, type=Invocation)
    except (msgspec.DecodeError, RecursionError):  # another kind of message
        return None


def _devices(body: str) -> tuple[str, ...]:
    """The devices of an ingestion message (`handlers.domain.message`, version 1 or 2); anybody may have written it."""
    document = None
    with suppress(MalformedDocumentError):
        document = parse(body)
    if not isinstance(document, dict):
        return ()
    several = document.get("readings")
    readings = [document.get("reading"), *(several if isinstance(several, list) else ())]
    named = (reading.get("device_id") for reading in readings if isinstance(reading, dict))
    valid = (each for each in named if isinstance(each, str) and re.fullmatch(DEVICE_ID_PATTERN, each))
    return tuple(dict.fromkeys(valid))
