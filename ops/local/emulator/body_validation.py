"""Puts right what a caller is told of a body that the request validator refuses, and which bodies it looks at.

API Gateway says in `$context.error.validationErrorString` what it found, escaped for a JSON string and without quotes
around it, and validates a body only by a model of its own content type (API Gateway Developer Guide, "Variables for
data transformations" and "Request validation"). MiniStack 1.5.33 does not know the variable, and takes the model of
`application/json` for a body of any type.
"""

import json
from collections.abc import Callable
from typing import Any, Final

_VARIABLE: Final = b"$context.error.validationErrorString"
_NOT_JSON: Final = "[Unknown error parsing request body]"
"""What API Gateway says of text that is not JSON: no place, and no reason."""
_TYPES: Final = {list: "array", str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def explaining(check: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap what validates a request; it returns an error where it refuses, else None."""

    def checked(method: dict[str, Any], *more: Any) -> Any:
        _, _, headers, body, _ = more
        media_type = str(headers.get("content-type") or "application/json").partition(";")[0].strip()
        models = {name: model for name, model in (method.get("requestModels") or {}).items() if name == media_type}
        error = check({**method, "requestModels": models}, *more)
        if error is not None and error.response_type == "BAD_REQUEST_BODY":
            error.found = _found(body)
        return error

    return checked


def substituting(render: Callable[..., tuple[int, dict[str, Any], bytes]]) -> Callable[..., Any]:
    """Wrap what renders a gateway response of an error."""

    def rendered(error: Any, request: Any) -> Any:
        status, headers, body = render(error, request)
        return status, headers, body.replace(_VARIABLE, json.dumps(getattr(error, "found", ""))[1:-1].encode())

    return rendered


def _found(body: Any) -> str:
    """What is wrong with a body where an object is asked for: the only thing that the generated models ask for."""
    try:
        kind = _TYPES.get(type(json.loads(body)))
    except (TypeError, ValueError, RecursionError):
        return _NOT_JSON
    expected = 'does not match any allowed primitive type (allowed: ["object"])'
    return f"[instance type ({kind}) {expected}]" if kind else _NOT_JSON
