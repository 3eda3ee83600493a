"""A client of the parameter store, which nothing in `ops` needs."""

from typing import Any

from ops.aws.access import Access


def parameters_of(access: Access) -> Any:
    """A client of SSM."""
    return access.client("ssm")
