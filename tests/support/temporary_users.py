"""IAM users for one test: each may do one thing and nothing else, and is deleted afterwards."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ops.aws.access import Access, Keys

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient

PREFIX: Final = "iot-pipeline-verify-"
"""Begins the name of each temporary resource, to distinguish it from everything else in an account."""
PATH: Final = "/iot-pipeline-verify/"


@contextmanager
def temporary_user(maker: Access, statement: dict[str, Any] | None) -> Iterator[Access]:
    """A user that exists until the block ends, however it ends.

    IAM is eventually consistent (IAM User Guide, "Changes that I make are not always immediately visible"): the key and
    the policy may become valid some seconds later.

    Args:
        maker: A user who may create users.
        statement: What the user may do; None allows nothing.
    """
    iam = maker.iam()
    name = f"{PREFIX}{secrets.token_hex(6)}"
    iam.create_user(UserName=name, Path=PATH)
    try:
        if statement:
            document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            iam.put_user_policy(UserName=name, PolicyName="permissions", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        yield replace(maker, keys=Keys(key["AccessKeyId"], key["SecretAccessKey"]))
    finally:
        delete_user(iam, name)


def delete_user(iam: "IAMClient", name: str) -> None:
    """Delete a user with its keys and inline policies."""
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.delete_user_policy(UserName=name, PolicyName=policy)
    iam.delete_user(UserName=name)


def delete_leftover_users(maker: Access, before: datetime) -> list[str]:
    """Delete the users of runs that were killed.

    Args:
        maker: A user who may delete users.
        before: Users that were created later may be in use.

    Returns:
        Their names.
    """
    iam = maker.iam()
    pages = iam.get_paginator("list_users").paginate(PathPrefix=PATH)
    names = [user["UserName"] for page in pages for user in page["Users"] if user["CreateDate"] < before]
    for name in names:
        delete_user(iam, name)
    return names
