"""The OpenAPI document: paths over the schemas."""

from typing import Any, Final

from generate.functions import specifications
from generate.openapi.schemas import SCHEMAS
from generate.render import HEADER

VERSION: Final = "1.0.0"
"""Of the contract. A breaking change raises the first number (a test compares with the last published document)."""


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
        "paths": _paths(),
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
            "schemas": all_schemas(),
        },
    }


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for specification in specifications():
        for route in specification.routes:
            paths.setdefault(route.path, {})[route.method.lower()] = route.operation
    return paths


def all_schemas() -> dict[str, Any]:
    """The schemas of the contract, and those of single functions."""
    return SCHEMAS | {name: body for each in specifications() for name, body in each.schemas.items()}
