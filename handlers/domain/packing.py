"""Packs readings that were accepted together into few messages: each is sent, received and deleted once."""

from collections.abc import Iterable
from typing import Final

from handlers.domain.message import MAXIMUM_READINGS, to_body, to_text
from handlers.domain.reading import Reading

MAXIMUM_BYTES: Final = 65_536
"""Of a message's body, unless a single reading is larger: SQS bills that much as one request
(https://aws.amazon.com/sqs/pricing/), and ten such messages fit into one call."""
ENVELOPE_BYTES: Final = 128
"""At least as much as a body has around its readings."""


def pack(readings: Iterable[Reading], accepted_at: int) -> list[str]:
    """Put readings into messages, in their order, as many in each as the bounds allow.

    Args:
        readings: any number.
        accepted_at: when they were accepted, epoch milliseconds.

    Returns:
        The messages' bodies.
    """
    packs: list[list[str]] = []
    room = 0
    for text in map(to_text, readings):
        size = len(text.encode()) + len(",")
        if not packs or size > room or len(packs[-1]) == MAXIMUM_READINGS:
            packs.append([])
            room = MAXIMUM_BYTES - ENVELOPE_BYTES
        packs[-1].append(text)
        room -= size
    return [to_body(texts, accepted_at) for texts in packs]
