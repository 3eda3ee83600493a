"""What clients of the embedded AWS get: variables to source, and the API's address on this machine."""

from typing import Any, Final

from ops.aws import Access
from ops.embedded.layout import Layout
from ops.shell_variables import write_variables

_UNSET: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")
"""What would win over, or spoil, the credentials that the files export."""


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
        write_variables(path, {**access.variables(), **address}, _UNSET, heading)
