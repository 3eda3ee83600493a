"""Puts right which IAM actions SQS's batch calls need.

AWS has no actions of their own for them: `SendMessageBatch` needs `sqs:SendMessage`, and so on (Amazon SQS Developer
Guide, "Amazon SQS API permissions"). MiniStack 1.5.33 asks for an action of the call's name, so that a policy that is
right on AWS is refused.
"""

from collections.abc import Callable
from typing import Any, Final

_BASE: Final = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}


def base_action(action_of: Callable[..., str | None]) -> Callable[..., str | None]:
    """Wrap the function that tells which action a request needs."""

    def action(*arguments: Any) -> str | None:
        name = action_of(*arguments)
        return _BASE.get(name, name) if name else name

    return action
