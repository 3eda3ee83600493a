"""The models by which API Gateway checks a body before a function runs, taken from the contract's schemas."""

from generate.openapi.document import all_schemas
from generate.openapi.schemas import Schema


def gateway_model(name: str) -> Schema:
    """The part of a request's schema that the gateway checks, in the JSON Schema of draft 4 that it knows.

    Its own refusals name no fault, so it checks only what leaves none to name: that the body is what the contract's
    request is, an object. The function judges the rest, each reading of a batch by itself.
    """
    schemas = all_schemas()
    schema = schemas[name]
    alternatives = [schemas[one["$ref"].rpartition("/")[2]] for one in schema.get("oneOf", [])] or [schema]
    (kind,) = {one["type"] for one in alternatives}
    return {"$schema": "http://json-schema.org/draft-04/schema#", "title": name, "type": kind}
