"""Writes down what MiniStack authorises, as AWS's CloudTrail would, where someone asks for it by making the file.

One JSON document a line: `principal` (the ARN of a user or of a role's session), `action`, `resource`, `allowed`. It
changes no decision. What MiniStack does without asking for permission, such as reading a queue for a function, is not
there.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Enforce = Callable[..., Any]
"""Takes key id, action, service, region and resource; returns nothing where the call is allowed."""


def recording(enforce: Enforce, principal_of: Callable[[str], str], record: Path) -> Enforce:
    """Wrap the function that allows or refuses a call.

    Args:
        enforce: The function.
        principal_of: The ARN behind an access key's id.
        record: Appended to while it exists.
    """

    def recorded(key_id: str, action: str, service: str, region: str, resource_arn: str = "*", **more: Any) -> Any:
        denial = enforce(key_id, action, service, region, resource_arn, **more)
        if record.exists():
            entry = {"principal": principal_of(key_id), "action": action, "resource": resource_arn}
            with record.open("a") as file:
                file.write(json.dumps({**entry, "allowed": denial is None}) + "\n")
        return denial

    return recorded
