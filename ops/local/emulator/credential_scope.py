"""Puts right that a signature counts for one region and one service alone.

AWS refuses a request to an API whose signature is scoped to another region or service, whatever the caller may do (IAM
User Guide, "Troubleshoot signed requests for AWS APIs", credential scope errors). MiniStack 1.5.33 verifies a signature
for the scope that it names itself: one made for SQS opens an API, too.
"""

import re
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any, Final

_SERVICE: Final = "execute-api"
_SCOPE: Final = re.compile(r"Credential=[^/,\s]+/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")
Refuse = Callable[..., Any]


def scope_checked(enforce: Refuse, app: ModuleType) -> Refuse:
    """Wrap what decides on a request to an API; it returns an answer where it refuses, else None."""

    def decide(*request: Any, **named: Any) -> Any:
        api_id, stage, method, path, headers, query = request[:6]
        gateway = app._get_module("apigateway_v1")  # noqa: SLF001  # its modules are loaded when needed
        owner = gateway.find_api_scope(api_id)
        authorization = app._execute_api_authorization_type(api_id, stage, method, path)  # noqa: SLF001  # no other door
        if owner and authorization == "AWS_IAM":
            fault = _fault(headers.get("authorization", ""), region=owner[1])
            if fault:
                error = SimpleNamespace(code="SignatureDoesNotMatch", message=fault)
                return gateway.authentication_error_response(api_id, stage, error, headers, query)
        return enforce(*request, **named)

    return decide


def _fault(authorization: str, region: str) -> str | None:
    found = _SCOPE.search(authorization)
    if found is None:
        return None
    if found[1] != region:
        return f"Credential should be scoped to a valid region, not '{found[1]}'. "
    return f"Credential should be scoped to correct service: '{_SERVICE}'. " if found[2] != _SERVICE else None
