"""Checks blocks and references against a slice of the AWS provider's schema, before Terraform would.

`terraform validate` finds the same in seconds; this takes less than a millisecond, names the builder's document, and
reports every problem at once. `make provider-schema` writes the slice anew.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

SLICE_FILE = Path(__file__).parent / "provider_schema.json"
_META_ARGUMENTS = frozenset({"count", "depends_on", "for_each", "lifecycle", "provider", "//"})


@cache
def provider_schema() -> dict[str, dict[str, Any]]:
    """The slice: `resource` and `data`, each with its types."""
    schema: dict[str, dict[str, Any]] = json.loads(SLICE_FILE.read_text(encoding="utf-8"))
    return schema


def block_problems(document: str, main: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each unknown or missing argument.

    Args:
        document: How to name the document in a problem.
        main: The body of its `main.tf.json`.
    """
    for kind in ("resource", "data"):
        for name, blocks in main.get(kind, {}).items():
            schema = provider_schema()[kind].get(name)
            for block, body in blocks.items():
                place = f"{document}: {kind}.{name}.{block}"
                if schema is None:
                    yield f"{place}: {name} is not in {SLICE_FILE.name}; run `make provider-schema`"
                else:
                    given = {key: value for key, value in body.items() if key not in _META_ARGUMENTS}
                    yield from _body_problems(place, given, schema)


def attribute_problem(kind: str, name: str, attribute: str) -> str | None:
    """What is wrong with reading an attribute of a resource or data source of that type, if anything."""
    schema = provider_schema()[kind].get(name)
    if schema is None:
        return None  # the block itself is reported
    known = [*schema["required"], *schema["optional"], *schema["computed"], *schema["blocks"]]
    return None if attribute in known else f"{name} has no attribute {attribute!r}{_hint(attribute, known)}"


def _body_problems(place: str, body: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    body = _with_dynamic_blocks(body)
    known = [*schema["required"], *schema["optional"], *schema["blocks"]]
    for argument in body:
        if argument not in known:
            yield f"{place}: there is no argument {argument!r}{_hint(argument, known)}"
    needed = [*schema["required"], *(name for name, block in schema["blocks"].items() if block["needed"])]
    for argument in needed:
        if argument not in body:
            yield f"{place}: the required argument {argument!r} is missing"
    for name, block in schema["blocks"].items():
        for nested in _nested(body.get(name)):
            yield from _body_problems(f"{place}.{name}", nested, block)


def _with_dynamic_blocks(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A body with the content of its `dynamic` blocks among its nested blocks."""
    if "dynamic" not in body:
        return body
    found = {name: value for name, value in body.items() if name != "dynamic"}
    for name, blocks in body["dynamic"].items():
        contents = [block["content"] for block in (blocks if isinstance(blocks, list) else [blocks])]
        found[name] = [*_nested(found.get(name)), *contents]
    return found


def _nested(value: Any) -> Iterable[Mapping[str, Any]]:
    """The blocks that a value stands for: one, a list of them, or none where an expression yields them."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Mapping)]


def _hint(word: str, known: list[str]) -> str:
    import difflib  # noqa: PLC0415 - only a mistake needs it

    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
