"""Corrects SQS's batch calls.

- AWS has no IAM actions for them: `SendMessageBatch` needs `sqs:SendMessage`, and so on (Amazon SQS Developer Guide,
  "Amazon SQS API permissions"). MiniStack 1.5.33 checks an action named after the call, and so refuses a policy that is
  right on AWS.
- AWS keeps the system attributes of each message of a batch (Amazon SQS API Reference, SendMessageBatchRequestEntry);
  there is one, X-Ray's trace header. MiniStack 1.5.33 keeps it for SendMessage only.
"""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, Final

Action = Callable[[dict[str, Any], str], dict[str, Any]]
_SINGLE_CALLS: Final = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
_entries: ContextVar[Iterator[dict[str, Any]] | None] = ContextVar("the entries of the batch", default=None)


def iam_action(action_of: Callable[..., str | None], *request: Any) -> str | None:
    """Return the IAM action that a request needs."""
    action = action_of(*request)
    return _SINGLE_CALLS.get(action, action) if action else action


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
