"""Temporary users of a test have the permissions that it names, and are deleted after it, also after a failure."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ops.aws.access import Access
from tests.support.temporary_users import PATH, PREFIX, delete_leftover_users, temporary_user

STATEMENT = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}


def names(access: Access) -> list[str]:
    return [user["UserName"] for user in access.iam().list_users()["Users"]]


def test_a_user_has_its_permissions_and_is_deleted_afterwards(access: Access) -> None:
    with temporary_user(access, STATEMENT) as user:
        (name,) = names(access)
        (policy,) = access.iam().list_user_policies(UserName=name)["PolicyNames"]
        document = access.iam().get_user_policy(UserName=name, PolicyName=policy)["PolicyDocument"]
        assert user.sts().get_caller_identity()["Arn"].endswith(name)

    assert name.startswith(PREFIX)
    assert json.loads(json.dumps(document))["Statement"] == [STATEMENT]
    assert names(access) == []


def test_a_user_is_deleted_after_a_failure(access: Access) -> None:
    with pytest.raises(ValueError, match="broken"), temporary_user(access, None):
        raise ValueError("broken")

    assert names(access) == []


def test_users_of_a_killed_run_are_deleted_and_no_others(access: Access) -> None:
    access.iam().create_user(UserName="somebody")
    left = f"{PREFIX}left"
    access.iam().create_user(UserName=left, Path=PATH)
    access.iam().create_access_key(UserName=left)

    assert delete_leftover_users(access, datetime.now(UTC) - timedelta(hours=1)) == []
    assert delete_leftover_users(access, datetime.now(UTC) + timedelta(hours=1)) == [left]
    assert names(access) == ["somebody"]
