"""Logs what MiniStack authorizes, as AWS's CloudTrail would, while a log file exists. It changes no decision.

Each line is a JSON document: `principal` (the ARN of a user or of a role's session), `action`, `resource`, `allowed`.
What MiniStack does without a permission check, such as reading a queue for a function, is not logged.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def log_decision(
    enforce: Callable[..., Any], principal_of: Callable[[str], str], log: Path, *call: Any, **named: Any
) -> Any:
    """Allow or refuse a call.

    Args:
        enforce: Returns None where the call is allowed.
        principal_of: Returns the ARN that an access key belongs to.
        log: The log file.
        call: The access key, the action, the service, the region and, here or by name, `resource_arn`.
        named: Further arguments of `enforce`.
    """
    denial = enforce(*call, **named)
    if log.exists():
        key_id, action, _, _, resource, *_ = (*call, named.get("resource_arn", "*"))
        entry = {"principal": principal_of(key_id), "action": action, "resource": resource, "allowed": denial is None}
        with log.open("a") as file:
            file.write(json.dumps(entry) + "\n")
    return denial
