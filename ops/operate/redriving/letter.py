"""A dead letter as an operator may see it: everything about it, but not what it says."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from handlers.aws.dead_letter_queue import ORIGINAL_ID_ATTRIBUTE, REASON_ATTRIBUTE, RECEIVE_COUNT_ATTRIBUTE
from handlers.contract import DEVICE_ID_PATTERN
from handlers.domain.documents import parse
from handlers.errors import MalformedDocumentError

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

RECEIVED_TOO_OFTEN: Final = "received too often"
"""The reason of what SQS itself dead-lettered: it gives none."""
_LAMBDAS_REASON_ATTRIBUTE: Final = "ErrorMessage"
_LAMBDAS_ID_ATTRIBUTE: Final = "RequestID"
"""Lambda developer guide, "Adding a dead-letter queue"; there is also `ErrorCode`, and nothing else."""
_EARLIER_IDS: Final = (ORIGINAL_ID_ATTRIBUTE, _LAMBDAS_ID_ATTRIBUTE)
_SHOWN_REASON: Final = 120
"""Characters: an error's message may be long."""


@dataclass(frozen=True)
class Letter:
    """A received dead letter.

    Attributes:
        message_id: Its id in the dead-letter queue.
        receipt_handle: What it is deleted, or made visible, by.
        body: What goes back.
        devices: The devices whose readings it holds, each once, in their order; none where its body does not say.
        reason: Why it is there.
        since: When it was sent: to the dead-letter queue, or, where SQS moved it there, to its first queue.
        receives: How often it was received before it was given up, or, where nobody noted that, until now.
        earlier_ids: The ids that it had where it came from, as far as they are known.
    """

    message_id: str
    receipt_handle: str = field(repr=False)
    body: str = field(repr=False)
    devices: tuple[str, ...]
    reason: str
    since: datetime
    receives: int
    earlier_ids: frozenset[str]

    @classmethod
    def of(cls, message: "MessageTypeDef") -> "Letter":
        """Read a message that was received with all its attributes."""
        attributes = {
            name: value.get("StringValue", "") for name, value in message.get("MessageAttributes", {}).items()
        }
        system = message["Attributes"]
        document = document_of(message["Body"])
        return cls(
            message["MessageId"],
            message["ReceiptHandle"],
            message["Body"],
            _devices(document),
            _reason(attributes, document),
            datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC),
            int(attributes.get(RECEIVE_COUNT_ATTRIBUTE) or system["ApproximateReceiveCount"]),
            # SQS keeps the id of what it moves itself.
            frozenset({message["MessageId"], *(attributes[name] for name in _EARLIER_IDS if name in attributes)}),
        )

    def line(self) -> str:
        """One line about it, without a control character that it may have brought."""
        moment = self.since.isoformat(timespec="seconds").replace("+00:00", "Z")
        reason = "".join(character if character.isprintable() else "?" for character in self.reason[:_SHOWN_REASON])
        return f"  {self.message_id}  {self._whose()}  since {moment}  {self.receives} receives  {reason}"

    def _whose(self) -> str:
        first, *others = self.devices or ("-",)
        return f"{first} and {len(others)} more" if others else first


@dataclass(frozen=True)
class Choice:
    """Which letters are meant: those that fit every kind that is given, and there one of its values.

    Attributes:
        message_ids: Ids in the dead-letter queue.
        devices: Device ids; of a letter that holds readings of several, one is enough.
        reasons: Parts of reasons, in any case of letters.
    """

    message_ids: Sequence[str] = ()
    devices: Sequence[str] = ()
    reasons: Sequence[str] = ()

    def takes(self, letter: Letter) -> bool:
        """Whether a letter is meant."""
        reason = letter.reason.lower()
        return (
            (not self.message_ids or letter.message_id in self.message_ids)
            and (not self.devices or not set(self.devices).isdisjoint(letter.devices))
            and (not self.reasons or any(part.lower() in reason for part in self.reasons))
        )


EVERY_LETTER: Final = Choice()


def document_of(body: str) -> dict[str, Any]:
    """A body's JSON object; an empty one where it is none, or one that the functions refuse to read."""
    with suppress(MalformedDocumentError):  # whoever wrote it is not trusted to have written JSON
        document = parse(body)
        return document if isinstance(document, dict) else {}
    return {}


def _devices(document: dict[str, Any]) -> tuple[str, ...]:
    """The devices of a message of either version, see `handlers.domain.message`."""
    several = document.get("readings")
    readings = [document.get("reading"), *(several if isinstance(several, list) else ())]
    named = (reading.get("device_id") for reading in readings if isinstance(reading, dict))
    known = (each for each in named if isinstance(each, str) and re.fullmatch(DEVICE_ID_PATTERN, each))
    return tuple(dict.fromkeys(known))


def _reason(attributes: dict[str, str], document: dict[str, Any]) -> str:
    told = document.get("responsePayload")
    envelope = told.get("errorMessage") if isinstance(told, dict) else None
    reason = attributes.get(REASON_ATTRIBUTE) or attributes.get(_LAMBDAS_REASON_ATTRIBUTE) or envelope
    return str(reason or RECEIVED_TOO_OFTEN)
