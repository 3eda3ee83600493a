"""The parts of which the operations of the OpenAPI document are made."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from generate.openapi.schemas import reference
from handlers.contract import CONTENT_CODINGS

_JSON, _PROBLEM = "application/json", "application/problem+json"
_REFUSALS: Final = {
    400: "The request does not meet the contract; every fault is named.",
    401: "The environment asks for X-Api-Key, and it is missing or wrong.",
    403: "The signature is missing or wrong, or the caller may not invoke the method.",
    415: "The body's content coding is not supported, or the body is not encoded so.",
    429: "Over the throttling rate. Retry-After: seconds to wait.",
    503: "An AWS service did not answer in time. Sending it again is safe. Retry-After: seconds to wait.",
}

API_KEY_HEADER: Final[dict[str, Any]] = {
    "name": "X-Api-Key",
    "in": "header",
    "required": False,
    "description": "The second factor, where the environment asks for it (api.require_api_key).",
    "schema": {"type": "string"},
}
CONTENT_ENCODING_HEADER: Final[dict[str, Any]] = {
    "name": "Content-Encoding",
    "in": "header",
    "required": False,
    "description": "How the body is compressed.",
    "schema": {"type": "string", "enum": list(CONTENT_CODINGS), "default": "identity"},
}


def request_body(schema: str, examples: Mapping[str, Any]) -> dict[str, Any]:
    """A required JSON body.

    Args:
        schema: The name of its schema.
        examples: Example objects by name.
    """
    return {"required": True, "content": {_JSON: {"schema": reference(schema), "examples": examples}}}


def answer(description: str, schemas: list[str], examples: Mapping[str, Any]) -> dict[str, Any]:
    """A response that is not an error.

    Args:
        description: What it means.
        schemas: The names of the schemas of which its body has one.
        examples: Example objects by name.
    """
    schema = reference(schemas[0]) if len(schemas) == 1 else {"anyOf": [reference(name) for name in schemas]}
    return {"description": description, "content": {_JSON: {"schema": schema, "examples": examples}}}


def problem(description: str) -> dict[str, Any]:
    """An error: a problem document."""
    return {"description": description, "content": {_PROBLEM: {"schema": reference("Problem")}}}


def refusals(*statuses: int) -> dict[str, Any]:
    """The errors that several operations have, by status."""
    return {str(HTTPStatus(status).value): problem(_REFUSALS[status]) for status in statuses}
