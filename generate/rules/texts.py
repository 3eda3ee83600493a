"""The rule for every text that settings hold, wherever it is."""

from collections.abc import Iterator
from typing import Any

from generate.references import is_reference
from generate.rules.broken import Broken

_NO_REFERENCE = "a text without anything that looks like a Terraform reference, such as var.name"


def text_rules(values: dict[str, Any]) -> Iterator[Broken]:
    """Yield each text that looks like a Terraform reference: the check of the documents would report it as a mistake.

    Args:
        values: The settings as Terraform takes them.
    """
    for key, text in _texts(values, ""):
        if is_reference(text):
            yield Broken((key,), text, _NO_REFERENCE)


def _texts(value: Any, key: str) -> Iterator[tuple[str, str]]:
    """Each text, by the dotted key that leads to it; the names within a table are none of Terraform's templates."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{key}.{index}")
