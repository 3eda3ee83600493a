"""A client of Parameter Store, which `ops` does not have."""

from typing import Any

from ops.aws.access import Access


def parameters_of(access: Access) -> Any:
    """A client of SSM."""
    verify = str(access.authority) if access.authority else None
    return access.session().client("ssm", endpoint_url=access.endpoint, verify=verify)
