"""Finds every condition that a module's own files hold its inputs to."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIFECYCLE = ("precondition", "postcondition")


@dataclass(frozen=True)
class Condition:
    """What a module refuses.

    Attributes:
        place: What holds the condition, such as `var.key_arn` or `aws_sqs_queue.ingestion`.
        message: The words of the refusal, with Terraform's interpolations in them.
    """

    place: str
    message: str

    def is_reported_by(self, diagnostic: dict[str, Any]) -> bool:
        """Whether a diagnostic of Terraform refuses by this condition's message."""
        literal = [re.escape(piece) for piece in re.split(r"\$\{[^}]*\}", self.message)]
        return re.match(".+".join(literal), diagnostic["detail"]) is not None


def conditions_of(module: Path) -> list[Condition]:
    """Every `validation`, `precondition`, `postcondition` and `check` of a module, from its files."""
    documents = [json.loads(file.read_text()) for file in sorted(module.glob("*.tf.json"))]
    return [condition for document in documents for condition in _conditions(document)]


def _conditions(document: dict[str, Any]) -> Iterator[Condition]:
    for name, variable in document.get("variable", {}).items():
        yield from _conditions_of(f"var.{name}", variable.get("validation"))
    for name, output in document.get("output", {}).items():
        yield from _conditions_of(f"output.{name}", output.get("precondition"))
    for name, check in document.get("check", {}).items():
        yield from _conditions_of(f"check.{name}", check["assert"])
    for prefix, blocks in (("", document.get("resource", {})), ("data.", document.get("data", {}))):
        for kind, named in blocks.items():
            for name, resource in named.items():
                for held in LIFECYCLE:
                    yield from _conditions_of(f"{prefix}{kind}.{name}", resource.get("lifecycle", {}).get(held))


def _conditions_of(place: str, blocks: Any) -> Iterator[Condition]:
    """A block that stands once may be written without a list."""
    for block in [blocks] if isinstance(blocks, dict) else blocks or []:
        yield Condition(place, block["error_message"])
