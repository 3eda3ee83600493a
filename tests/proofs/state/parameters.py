"""A client of Parameter Store, which `ops` does not have."""

from typing import Any

from ops.aws.access import Access


def parameters_of(access: Access) -> Any:
    """A client of SSM."""
    return access.client("ssm")
