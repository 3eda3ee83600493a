"""What clients of the embedded AWS need: variables to source, and the API's address on this machine."""

import os
import socket
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from ops.aws.access import Access, Keys
from ops.local.layout import Layout
from ops.local.variables import NO_CONFIGURATION, read_variables, write_variables
from ops.project.errors import EmbeddedError
from ops.terraform.toolchain import fresh_api_key
from ops.terraform.user_variables import PACKAGES

_CONNECT_SECONDS: Final = 10


def api_address(endpoint: str, outputs: dict[str, Any]) -> str:
    """The API's address on this machine, to use in place of the output `ApiEndpoint`."""
    return f"{endpoint}/restapis/{outputs['ApiId']}/{outputs['ApiStageName']}/_user_request_"


def write_access(layout: Layout, root: Path, administrator: Access, caller: Access, outputs: dict[str, Any]) -> None:
    """Write the files that the administrator and the API's caller source.

    Args:
        layout: The files of the embedded AWS.
        root: The folder of the applied root, on which the administrator can run Terraform.
        administrator: Access as the administrator.
        caller: Access as the user who may call the API and nothing else.
        outputs: The environment's outputs.
    """
    common = {**NO_CONFIGURATION, "API_ENDPOINT": api_address(str(administrator.endpoint), outputs)}
    write_variables(
        layout.caller_variables,
        {**caller.variables(), **common},
        "A user of the embedded AWS who may call the API and nothing else.",
    )
    write_variables(
        layout.administrator_variables,
        {**administrator.variables(), **common, PACKAGES: relative_packages(layout, root), **fresh_api_key()},
        "The administrator of the embedded AWS.",
    )


def relative_packages(layout: Layout, root: Path) -> str:
    """The packages' folder relative to a root: an absolute path in the state would replace the layer on AWS."""
    return os.path.relpath(layout.packages, root)


def local_access(variables: Path) -> Access:
    """The access that a file written by `make up` describes.

    Raises:
        OpsError: The file does not exist, or the embedded AWS does not run.
    """
    found = read_variables(variables)
    endpoint = found["AWS_ENDPOINT_URL"]
    address = urlsplit(endpoint)
    try:  # a first request would be repeated, and fail without saying what to do
        socket.create_connection((str(address.hostname), address.port or 443), _CONNECT_SECONDS).close()
    except OSError as error:
        raise EmbeddedError(f"the embedded AWS does not run at {endpoint}: make up starts it") from error
    keys = Keys(found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"])
    return Access(found["AWS_REGION"], endpoint, Path(found["AWS_CA_BUNDLE"]), keys)
