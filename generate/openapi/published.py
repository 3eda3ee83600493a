"""The published contract as text: the OpenAPI document, and what a person reads."""

import json
from typing import Any

from generate.openapi.document import document
from generate.prose import render_template
from generate.render import HEADER, canonical

OPENAPI_FILE = "docs/openapi.json"
API_FILE = "docs/api.md"


def published() -> dict[str, str]:
    """Both files, by path."""
    contract = document()
    page = render_template(
        "api.md.j2",
        header=HEADER,
        info=contract["info"],
        operations=list(_operations(contract)),
        schemas=contract["components"]["schemas"],
        kind=_kind,
        shown=lambda value: json.dumps(value, indent=2),
    )
    return {OPENAPI_FILE: canonical(contract), API_FILE: page}


def _operations(contract: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"verb": verb.upper(), "path": path, **operation}
        for path, verbs in contract["paths"].items()
        for verb, operation in verbs.items()
    ]


def _kind(schema: dict[str, Any]) -> str:
    """A schema as short text, for a table's cell."""
    match schema:
        case {"$ref": str(target)}:
            name = target.rpartition("/")[2]
            text = f"[{name}](#{name.lower()})"
        case {"const": value}:
            text = f"`{json.dumps(value)}`"
        case {"enum": values}:
            text = " or ".join(f"`{value}`" for value in values)
        case {"oneOf": several} | {"anyOf": several}:
            text = " or ".join(_kind(one) for one in several)
        case {"type": "array", "items": items}:
            text = f"array of {_kind(items)}"
        case {"type": list(types)}:
            text = " or ".join(types)
        case _:
            text = schema["type"] + _bounds(schema)
    return text


def _bounds(schema: dict[str, Any]) -> str:
    if "pattern" in schema:
        return f" `{schema['pattern']}`".replace("|", "\\|")
    names = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
    limits = [f"{name} {schema[name]}" for name in names if name in schema]
    return f" ({', '.join(limits)})" if limits else ""
