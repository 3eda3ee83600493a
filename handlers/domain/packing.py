"""Readings that were accepted together travel in few messages: each message is sent, received and deleted once."""

from collections.abc import Iterable
from typing import Final

from handlers.domain.documents import encode
from handlers.domain.message import MAXIMUM_READINGS, Message, reading_document
from handlers.domain.reading import Reading

MAXIMUM_BYTES: Final = 65_536
"""Of a message's body, unless a single reading is larger: what SQS bills as one request
(https://aws.amazon.com/sqs/pricing/), and small enough for ten messages in one call."""
ENVELOPE_BYTES: Final = 128
"""More than a body has around its readings."""


def pack(readings: Iterable[Reading], accepted_at: int) -> list[Message]:
    """Put readings into messages, in their order, as many into each as its bounds allow.

    Args:
        readings: any number.
        accepted_at: when they were accepted, epoch milliseconds.
    """
    packs: list[list[Reading]] = []
    room = 0
    for reading in readings:
        size = len(encode(reading_document(reading)).encode()) + len(",")
        if not packs or size > room or len(packs[-1]) == MAXIMUM_READINGS:
            packs.append([])
            room = MAXIMUM_BYTES - ENVELOPE_BYTES
        packs[-1].append(reading)
        room -= size
    return [Message(tuple(each), accepted_at) for each in packs]
