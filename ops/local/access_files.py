"""What clients of the embedded AWS get: variables to source, and the API's address on this machine."""

import os
import socket
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from ops.aws.access import Access, Keys
from ops.local.layout import Layout
from ops.local.shell_variables import read_variables, write_variables
from ops.project.errors import EmbeddedError
from ops.terraform.toolchain import fresh_api_key
from ops.terraform.user_variables import PACKAGES

_SERVICES: Final = (
    *("API_GATEWAY", "CLOUDWATCH", "CLOUDWATCH_LOGS", "DYNAMODB", "IAM", "KMS", "LAMBDA"),
    *("S3", "SNS", "SQS", "SSM", "STS", "XRAY"),
)
"""The services that a pipeline is made of, as the variables of their own addresses call them."""
_UNSET: Final = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    *("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"),
    *(f"AWS_ENDPOINT_URL_{service}" for service in _SERVICES),
    "TF_WORKSPACE",
)
"""What would win over, or spoil, the credentials and the address that the files export; or choose another state."""
_CONNECT_SECONDS: Final = 10
_NO_FILES: Final = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
"""A configuration file can tell AWS's tools to ignore the address, or to call S3 by host names."""


def api_address(endpoint: str, outputs: dict[str, Any]) -> str:
    """The API's address on this machine, which stands for the output `ApiEndpoint`."""
    return f"{endpoint}/restapis/{outputs['ApiId']}/{outputs['ApiStageName']}/_user_request_"


def write_access(layout: Layout, root: Path, administrator: Access, caller: Access, outputs: dict[str, Any]) -> None:
    """Write what the administrator and the API's caller source; with the administrator's, terraform works on the root.

    Args:
        layout: Where the embedded AWS keeps its things.
        root: The folder of the root that is applied.
        administrator: Access as the administrator.
        caller: Access as the user who may call the API and nothing else.
        outputs: The environment's outputs.
    """
    address = {"API_ENDPOINT": api_address(str(administrator.endpoint), outputs)}
    terraform = {PACKAGES: relative_packages(layout, root), **fresh_api_key()}
    files: tuple[tuple[Path, Access, dict[str, str], str], ...] = (
        (layout.caller_variables, caller, {}, "A user of the embedded AWS who may call the API and nothing else."),
        (layout.administrator_variables, administrator, terraform, "The administrator of the embedded AWS."),
    )
    for path, access, more, heading in files:
        write_variables(path, {**access.variables(), **_NO_FILES, **address, **more}, _UNSET, heading)


def relative_packages(layout: Layout, root: Path) -> str:
    """Where the packages are, seen from a root: a path of this machine in the state would replace the layer on AWS."""
    return os.path.relpath(layout.packages, root)


def local_access(variables: Path) -> Access:
    """The access that a file written by `make up` describes.

    Raises:
        OpsError: The file does not exist, or the embedded AWS does not run.
    """
    found = read_variables(variables)
    _check_running(found["AWS_ENDPOINT_URL"])
    keys = Keys(found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"])
    return Access(found["AWS_REGION"], found["AWS_ENDPOINT_URL"], Path(found["AWS_CA_BUNDLE"]), keys)


def _check_running(endpoint: str) -> None:
    """Look before the first call, which would be repeated, and then tell of a connection instead of the remedy."""
    address = urlsplit(endpoint)
    try:
        socket.create_connection((str(address.hostname), address.port or 443), _CONNECT_SECONDS).close()
    except OSError as error:
        raise EmbeddedError(f"the embedded AWS does not run at {endpoint}: make up starts it") from error
