"""The OpenAPI document: paths over the schemas."""

from http import HTTPStatus
from typing import Any, Final

from generate.openapi.examples import ANSWERS, REQUESTS
from generate.openapi.schemas import QUERY_PARAMETERS, SCHEMAS, reference
from generate.render import HEADER
from handlers.contract import CONTENT_CODINGS

VERSION: Final = "1.0.0"
"""Of the contract. A breaking change raises the first number (a test compares with the last published document)."""

_JSON, _PROBLEM = "application/json", "application/problem+json"
_REFUSALS: Final = {
    400: "The request does not meet the contract; every fault is named.",
    401: "The environment asks for X-Api-Key, and it is missing or wrong.",
    403: "The signature is missing or wrong, or the caller may not invoke the method.",
    415: "The body's content coding is not supported, or the body is not encoded so.",
    429: "Over the throttling rate. Retry-After: seconds to wait.",
    503: "An AWS service did not answer in time. Sending it again is safe. Retry-After: seconds to wait.",
}


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "IoT pipeline",
            "version": VERSION,
            "description": "Ingests, reprocesses and queries sensor readings. Every request is signed (SigV4, "
            "service execute-api).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "x-generated": HEADER,
        },
        "servers": [
            {
                "url": "https://{api}.execute-api.{region}.amazonaws.com/{environment}",
                "variables": {
                    "api": {"default": "a1b2c3d4e5"},
                    "region": {"default": "us-east-1"},
                    "environment": {"default": "dev"},
                },
            }
        ],
        "security": [{"sigv4": []}],
        "paths": {
            "/ingest": {"post": _ingest()},
            "/process": {"post": _process()},
            "/query": {"get": _query()},
        },
        "components": {
            "securitySchemes": {
                "sigv4": {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    "description": "AWS Signature Version 4.",
                    "x-amazon-apigateway-authtype": "awsSigv4",
                }
            },
            "schemas": SCHEMAS,
        },
    }


def _ingest() -> dict[str, Any]:
    return {
        "operationId": "ingest",
        "summary": "Store and queue one reading, or a batch of them",
        "description": "200 means: stored raw and queued. Sent again, the same reading changes nothing.",
        "parameters": [_api_key(), _content_encoding()],
        "requestBody": _body("IngestRequest", "ingest"),
        "responses": {
            "200": _answer("Everything was accepted.", ["Accepted", "BatchAccepted"], "ingest"),
            "207": _answer("A part of the batch was accepted.", ["BatchAccepted"], "ingest_partly"),
            "409": _problem("The device has a different reading of that millisecond, which stays."),
            "413": _problem("The body is too large."),
            **_refusals(400, 401, 403, 415, 429, 503),
        },
    }


def _process() -> dict[str, Any]:
    return {
        "operationId": "process",
        "summary": "Process a device's stored readings again, a page at a time",
        "parameters": [_content_encoding()],
        "requestBody": _body("ProcessRequest", "process"),
        "responses": {
            "200": _answer("The page was processed.", ["Processed"], "process"),
            "413": _problem("The body is too large."),
            **_refusals(400, 403, 415, 429, 503),
        },
    }


def _query() -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "query", "required": name == "device_id", "schema": schema}
        for name, schema in QUERY_PARAMETERS.items()
    ]
    return {
        "operationId": "query",
        "summary": "A device's readings by event time, as they are or downsampled",
        "parameters": parameters,
        "responses": {
            "200": _answer("A page of items, or of intervals where one was asked for.", ["Items", "Series"], "query"),
            **_refusals(400, 403, 429, 503),
        },
    }


def _api_key() -> dict[str, Any]:
    return {
        "name": "X-Api-Key",
        "in": "header",
        "required": False,
        "description": "The second factor, where the environment asks for it (api.require_api_key).",
        "schema": {"type": "string"},
    }


def _content_encoding() -> dict[str, Any]:
    return {
        "name": "Content-Encoding",
        "in": "header",
        "required": False,
        "description": "How the body is compressed.",
        "schema": {"type": "string", "enum": list(CONTENT_CODINGS), "default": "identity"},
    }


def _body(schema: str, example: str) -> dict[str, Any]:
    return {"required": True, "content": {_JSON: {"schema": reference(schema), "examples": REQUESTS[example]}}}


def _answer(description: str, schemas: list[str], example: str) -> dict[str, Any]:
    schema = reference(schemas[0]) if len(schemas) == 1 else {"anyOf": [reference(name) for name in schemas]}
    return {"description": description, "content": {_JSON: {"schema": schema, "examples": ANSWERS[example]}}}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {_PROBLEM: {"schema": reference("Problem")}}}


def _refusals(*statuses: int) -> dict[str, Any]:
    return {str(HTTPStatus(status).value): _problem(_REFUSALS[status]) for status in statuses}
