"""Corrects which IAM action an SQS batch call needs.

AWS has no actions for batch calls: `SendMessageBatch` needs `sqs:SendMessage`, and so on (Amazon SQS Developer Guide,
"Amazon SQS API permissions"). MiniStack 1.5.33 checks an action named after the call, and so refuses a policy that is
right on AWS.
"""

from collections.abc import Callable
from typing import Any, Final

_SINGLE_CALLS: Final = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}


def single_action(action_of: Callable[..., str | None], *request: Any) -> str | None:
    """Return the IAM action that a request needs."""
    action = action_of(*request)
    return _SINGLE_CALLS.get(action, action) if action else action
