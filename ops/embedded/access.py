"""What clients of the embedded AWS get: variables to source, and the API's address on this machine."""

import os
from typing import Any, Final

from ops.aws import Access
from ops.embedded.layout import Layout
from ops.shell_variables import write_variables

_SERVICES: Final = (
    *("API_GATEWAY", "CLOUDWATCH", "CLOUDWATCH_LOGS", "DYNAMODB", "IAM", "KMS", "LAMBDA"),
    *("S3", "SNS", "SQS", "SSM", "STS", "XRAY"),
)
"""The services that a pipeline is made of, as the variables of their own addresses call them."""
_UNSET: Final = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    *("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"),
    *(f"AWS_ENDPOINT_URL_{service}" for service in _SERVICES),
)
"""What would win over, or spoil, the credentials and the address that the files export."""
_NO_FILES: Final = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
"""A configuration file can tell AWS's tools to ignore the address, or to call S3 by host names."""


def api_address(endpoint: str, outputs: dict[str, Any]) -> str:
    """The API's address on this machine, which stands for the output `ApiEndpoint`."""
    return f"{endpoint}/restapis/{outputs['ApiId']}/{outputs['ApiStageName']}/_user_request_"


def write_access(layout: Layout, administrator: Access, caller: Access, outputs: dict[str, Any]) -> None:
    """Write what the administrator and the API's caller source."""
    address = {"API_ENDPOINT": api_address(str(administrator.endpoint), outputs)}
    files = (
        (layout.caller_variables, caller, "A user of the embedded AWS who may call the API and nothing else."),
        (layout.administrator_variables, administrator, "The administrator of the embedded AWS."),
    )
    for path, access, heading in files:
        write_variables(path, {**access.variables(), **_NO_FILES, **address}, _UNSET, heading)
