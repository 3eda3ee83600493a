"""Puts right that each message of a batch keeps its system attributes, as on AWS (SendMessageBatchRequestEntry).

There is one, X-Ray's trace header. MiniStack 1.5.33 keeps it for SendMessage, and loses it in a batch.
"""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

Act = Callable[[dict[str, Any], str], dict[str, Any]]
_entries: ContextVar[Iterator[dict[str, Any]] | None] = ContextVar("the entries of the batch", default=None)


def remembering_entries(send_batch: Act) -> Act:
    """Wrap SendMessageBatch, which sends its entries one after the other."""

    def act(data: dict[str, Any], url: str) -> dict[str, Any]:
        token = _entries.set(iter(data.get("Entries", ())))
        try:
            return send_batch(data, url)
        finally:
            _entries.reset(token)

    return act


def with_system_attributes(send: Act) -> Act:
    """Wrap SendMessage, which a batch calls without them."""

    def act(data: dict[str, Any], url: str) -> dict[str, Any]:
        entries = _entries.get()
        if entries is None:
            return send(data, url)
        return send({**data, "MessageSystemAttributes": next(entries).get("MessageSystemAttributes")}, url)

    return act
