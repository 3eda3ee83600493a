"""Corrects what API Gateway reports about an invalid body, and which bodies it validates.

API Gateway puts what it found into `$context.error.validationErrorString`, escaped for a JSON string without quotes,
and validates a body only by the model of its content type (API Gateway Developer Guide, "Variables for data
transformations" and "Request validation"). MiniStack 1.5.33 does not know the variable, and validates a body of any
type by the model of `application/json`.
"""

import json
from collections.abc import Callable
from typing import Any, Final

_VARIABLE: Final = b"$context.error.validationErrorString"
_NOT_JSON: Final = "[Unknown error parsing request body]"
_TYPES: Final = {list: "array", str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def validate(check: Callable[..., Any], method: dict[str, Any], *more: Any) -> Any:
    """Validate a request; return an error that carries what was found, or None."""
    _, _, headers, body, _ = more
    media_type = str(headers.get("content-type") or "application/json").partition(";")[0].strip()
    models = {name: model for name, model in (method.get("requestModels") or {}).items() if name == media_type}
    error = check({**method, "requestModels": models}, *more)
    if error is not None and error.response_type == "BAD_REQUEST_BODY":
        error.found = _found(body)
    return error


def render_error(render: Callable[..., tuple[int, dict[str, Any], bytes]], error: Any, request: Any) -> Any:
    """Render the gateway response of an error with the variable's value."""
    status, headers, body = render(error, request)
    return status, headers, body.replace(_VARIABLE, json.dumps(getattr(error, "found", ""))[1:-1].encode())


def _found(body: Any) -> str:
    """What is wrong with a body that must be an object, which is all that the generated models require."""
    try:
        kind = _TYPES.get(type(json.loads(body)))
    except (TypeError, ValueError, RecursionError):
        return _NOT_JSON
    expected = 'does not match any allowed primitive type (allowed: ["object"])'
    return f"[instance type ({kind}) {expected}]" if kind else _NOT_JSON
