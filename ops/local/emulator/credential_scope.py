"""Corrects that a signature is accepted whatever region and service it was made for.

AWS refuses a request to an API whose signature is scoped to another region or service (IAM User Guide, "Troubleshoot
signed requests for AWS APIs", credential scope errors). MiniStack 1.5.33 verifies a signature for the scope that the
signature itself names: one made for SQS is accepted by an API.
"""

import re
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any, Final

_SERVICE: Final = "execute-api"
_SCOPE: Final = re.compile(r"Credential=[^/,\s]+/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")


def check_scope(enforce: Callable[..., Any], app: ModuleType, *request: Any, **named: Any) -> Any:
    """Authorize a request to an API; return an answer where it is refused, else None."""
    api_id, stage, method, path, headers, query = request[:6]
    gateway = app._get_module("apigateway_v1")  # noqa: SLF001  # its modules are loaded when needed
    owner = gateway.find_api_scope(api_id)
    authorization = app._execute_api_authorization_type(api_id, stage, method, path)  # noqa: SLF001  # no public one
    if owner and authorization == "AWS_IAM":
        fault = _fault(headers.get("authorization", ""), region=owner[1])
        if fault:
            error = SimpleNamespace(code="SignatureDoesNotMatch", message=fault)
            return gateway.authentication_error_response(api_id, stage, error, headers, query)
    return enforce(*request, **named)


def _fault(authorization: str, region: str) -> str | None:
    found = _SCOPE.search(authorization)
    if found and found[1] != region:
        return f"Credential should be scoped to a valid region, not '{found[1]}'. "
    if found and found[2] != _SERVICE:
        return f"Credential should be scoped to correct service: '{_SERVICE}'. "
    return None
