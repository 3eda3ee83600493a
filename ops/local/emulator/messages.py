"""Corrects that the messages of a batch lose their system attributes.

AWS keeps them (Amazon SQS API Reference, SendMessageBatchRequestEntry); there is one, X-Ray's trace header. MiniStack
1.5.33 keeps it for SendMessage alone.
"""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

Action = Callable[[dict[str, Any], str], dict[str, Any]]
_entries: ContextVar[Iterator[dict[str, Any]] | None] = ContextVar("the entries of the batch", default=None)


def send_batch(send: Action, data: dict[str, Any], url: str) -> dict[str, Any]:
    """Send a batch, which calls `send_message` for one entry after the other."""
    token = _entries.set(iter(data.get("Entries", ())))
    try:
        return send(data, url)
    finally:
        _entries.reset(token)


def send_message(send: Action, data: dict[str, Any], url: str) -> dict[str, Any]:
    """Send a message; one of a batch with the system attributes of its entry."""
    entries = _entries.get()
    if entries is not None:
        data = {**data, "MessageSystemAttributes": next(entries).get("MessageSystemAttributes")}
    return send(data, url)
