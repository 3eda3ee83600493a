"""The IAM users of the embedded AWS. Its root user accepts any secret, so every request is made as another one."""

import json
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any, Final

from ops.aws.access import Access, Keys
from ops.local.layout import Layout

_ROOT: Final = Keys("000000000000", "any")
"""The access key of the root user is the account's ID."""


def as_administrator(layout: Layout, address: Access) -> Access:
    """Access as the administrator, who is created where there is none.

    Args:
        layout: Where the key is stored.
        address: The endpoint and region of the embedded AWS; its keys are not used.
    """
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return _as_user(layout, replace(address, keys=_ROOT), "administrator", everything)


def as_caller(layout: Layout, administrator: Access, outputs: dict[str, Any]) -> Access:
    """Access as a user who may invoke the API's stage and nothing else.

    Args:
        layout: Where the key is stored.
        administrator: Access as the administrator.
        outputs: The environment's outputs.
    """
    stage = f"{outputs['ApiExecutionArn']}/{outputs['ApiStageName']}/*"
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": stage}
    return _as_user(layout, administrator, "api-caller", statement)


def as_stranger(layout: Layout, administrator: Access) -> Access:
    """Access as a user without any permission: it is refused by a policy, not for its signature."""
    return _as_user(layout, administrator, "stranger", None)


def _as_user(layout: Layout, creator: Access, name: str, statement: dict[str, str] | None) -> Access:
    keys = json.loads(layout.credentials.read_text()) if layout.credentials.is_file() else {}
    iam = creator.iam()
    if name not in keys:
        with suppress(iam.exceptions.EntityAlreadyExistsException):  # by a run that ended before it created the key
            iam.create_user(UserName=name)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        keys[name] = asdict(Keys(key["AccessKeyId"], key["SecretAccessKey"]))
        layout.credentials.touch(mode=0o600)
        layout.credentials.write_text(json.dumps(keys))
    if statement:
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName=name, PolicyName="permissions", PolicyDocument=document)
    return replace(creator, keys=Keys(**keys[name]))
