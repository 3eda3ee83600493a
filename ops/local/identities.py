"""The IAM users of the embedded AWS. Its root accepts any secret, so everything is done as users with real ones."""

import json
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any, Final

from ops.aws.access import Access, Keys
from ops.local.layout import Layout

ACCOUNT_ID: Final = "000000000000"
"""The embedded AWS's account, and the access key of its root."""
ADMINISTRATOR: Final = "administrator"
CALLER: Final = "api-caller"
"""May invoke this environment's API and nothing else."""
STRANGER: Final = "stranger"
"""May do nothing: what is refused to it is refused by a policy, not by a signature."""


def as_administrator(layout: Layout, address: Access) -> Access:
    """Access as the administrator; the user is made where there is none.

    Args:
        layout: Where the key is remembered.
        address: The address and region of the embedded AWS; its keys do not matter.
    """
    root = replace(address, keys=Keys(ACCOUNT_ID, "any"))
    return _as_user(layout, root, ADMINISTRATOR, {"Effect": "Allow", "Action": "*", "Resource": "*"})


def as_caller(layout: Layout, administrator: Access, outputs: dict[str, Any]) -> Access:
    """Access as a user that may only invoke the API's stage.

    Args:
        layout: Where the key is remembered.
        administrator: Access as the administrator.
        outputs: The environment's outputs.
    """
    resource = f"{outputs['ApiExecutionArn']}/{outputs['ApiStageName']}/*"
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}
    return _as_user(layout, administrator, CALLER, statement)


def as_stranger(layout: Layout, administrator: Access) -> Access:
    """Access as a user that may do nothing."""
    return _as_user(layout, administrator, STRANGER, None)


def _as_user(layout: Layout, maker: Access, name: str, statement: dict[str, str] | None) -> Access:
    known = _read(layout)
    if name not in known:
        known[name] = _make_user(maker, name)
        _write(layout, known)
    if statement:
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        maker.iam().put_user_policy(UserName=name, PolicyName="what-it-may", PolicyDocument=document)
    return replace(maker, keys=known[name])


def _make_user(maker: Access, name: str) -> Keys:
    iam = maker.iam()
    with suppress(iam.exceptions.EntityAlreadyExistsException):  # made by a run that ended before it made the key
        iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Keys(key["AccessKeyId"], key["SecretAccessKey"])


def _read(layout: Layout) -> dict[str, Keys]:
    try:
        return {name: Keys(**keys) for name, keys in json.loads(layout.credentials.read_text()).items()}
    except FileNotFoundError:
        return {}


def _write(layout: Layout, known: dict[str, Keys]) -> None:
    layout.credentials.touch(mode=0o600)
    layout.credentials.write_text(json.dumps({name: asdict(keys) for name, keys in known.items()}))
