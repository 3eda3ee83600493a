"""What the API itself answers where no function is asked: problem details (RFC 9457)."""

import json

from generate.terraform import Document, Expression
from handlers.contract import CONTENT_CODINGS

_PROBLEMS = {
    "ACCESS_DENIED": (403, "The caller may not invoke this method"),
    "API_CONFIGURATION_ERROR": (500, "The API is not configured rightly"),
    "BAD_REQUEST_BODY": (400, "The body is not a JSON object"),
    "BAD_REQUEST_PARAMETERS": (400, "A parameter is missing"),
    "DEFAULT_4XX": (None, "The request is refused"),
    "DEFAULT_5XX": (None, "The request failed"),
    "EXPIRED_TOKEN": (403, "The security token has expired"),
    "INTEGRATION_FAILURE": (502, "The function failed"),
    "INTEGRATION_TIMEOUT": (504, "The function did not answer in time"),
    "INVALID_SIGNATURE": (403, "The signature does not match"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "The request is not signed, or there is no such method"),
    "REQUEST_TOO_LARGE": (413, "The body is too large"),
    "RESOURCE_NOT_FOUND": (404, "There is no such resource"),
    "THROTTLED": (429, "Too many requests"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "The content coding is not supported"),
}
"""Status and title by response type (API Gateway developer guide, "Gateway response types").

The defaults keep the status of their cause."""
_RETRY_AFTER_SECONDS = {"THROTTLED": 1, "INTEGRATION_FAILURE": 1, "INTEGRATION_TIMEOUT": 1}
_MESSAGE = "$context.error.messageString"
"""The only variable whose value has its quotes around it."""
_DETAILS = {
    "BAD_REQUEST_BODY": json.dumps(
        "The body must be one JSON object (RFC 8259): no array, no comma after the last member, no NaN or Infinity."
    )
}
"""The problem's `detail`, as JSON, where the gateway's variable explains too little."""
_FAULTS = {
    "BAD_REQUEST_BODY": '"$context.error.validationErrorString"',
    "BAD_REQUEST_PARAMETERS": _MESSAGE,
    "REQUEST_TOO_LARGE": _MESSAGE,
    "UNSUPPORTED_MEDIA_TYPE": json.dumps(
        f"Content-Encoding must be one of {', '.join(CONTENT_CODINGS)}, and the body encoded so"
    ),
}
"""The reason in the entry of `errors`, as JSON. API Gateway escapes a variable's value for a JSON string."""


def gateway_responses(document: Document, api: Expression) -> None:
    """Add a gateway response for each way in which the API refuses or fails by itself."""
    for kind, (status, title) in _PROBLEMS.items():
        headers = {"gatewayresponse.header.Content-Type": "'application/problem+json'"}
        if kind in _RETRY_AFTER_SECONDS:
            headers["gatewayresponse.header.Retry-After"] = f"'{_RETRY_AFTER_SECONDS[kind]}'"
        document.resource(
            "aws_api_gateway_gateway_response",
            kind.lower(),
            rest_api_id=api.id,
            response_type=kind,
            **({"status_code": str(status)} if status else {}),
            response_parameters=headers,
            response_templates={"application/json": _template(kind, status, title)},
        )


def _template(kind: str, status: int | None, title: str) -> str:
    """The answer as API Gateway's template, which knows nothing but variables to be replaced."""
    body = {"type": "about:blank", "title": title, **({"status": status} if status else {})}
    fault = f', "errors": [{{"pointer": "#", "detail": {_FAULTS[kind]}}}]' if kind in _FAULTS else ""
    return f'{json.dumps(body)[:-1]}, "detail": {_DETAILS.get(kind, _MESSAGE)}{fault}}}'
