"""MiniStack's application, with a fault put right that would refuse what AWS allows.

AWS has no IAM actions for SQS's batch calls: `SendMessageBatch` needs `sqs:SendMessage`, and so on for the other two
(Amazon SQS Developer Guide, "Amazon SQS API permissions"). MiniStack 1.5.33 asks for an action of the call's own name,
so that a policy that is right on AWS is refused. Where MiniStack has moved the functions, this fails at once and aloud.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

_CORRECTED = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}


def corrected(action_of: Callable[..., str | None]) -> Callable[..., str | None]:
    """Wrap the function that tells which action a request needs."""

    def action(*arguments: Any) -> str | None:
        name = action_of(*arguments)
        return _CORRECTED.get(name, name) if name else name

    return action


_actions = import_module("ministack.core.iam_actions")
for _function in ("_action_from_target", "_action_from_query"):
    setattr(_actions, _function, corrected(getattr(_actions, _function)))

app = import_module("ministack.app").app
