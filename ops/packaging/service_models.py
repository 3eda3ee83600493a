"""Writes the slice of botocore's service models that the functions need: `python -m ops.packaging.service_models`.

botocore reads a service's whole model for a client, most of which nobody calls. The slice holds the
operations that the handlers call, and the shapes that these reach, as botocore has them but for their prose.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

from botocore.loaders import Loader

from handlers.aws.service_models import SLICE_FILE
from ops.cli.running import run

OPERATIONS: Final = {
    "dynamodb": ("BatchGetItem", "BatchWriteItem", "PutItem", "Query", "UpdateItem"),
    "sns": ("Publish",),
    "sqs": ("ChangeMessageVisibilityBatch", "SendMessageBatch"),
    "ssm": ("GetParameter",),
}
"""What `handlers/aws/` calls; a test of the handlers that calls anything else fails."""
_PROSE: Final = frozenset({"documentation", "documentationUrl"})


def sliced_models() -> dict[str, Any]:
    """The slices of the installed botocore's models, by service."""
    loader = Loader()
    return {name: _sliced(loader.load_service_model(name, "service-2"), OPERATIONS[name]) for name in OPERATIONS}


def rendered() -> str:
    """The slices as the file has them: a line for each operation and shape."""
    return json.dumps(sliced_models(), separators=(",", ":")).replace('},"', '},\n"') + "\n"


def _sliced(model: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    operations = {name: model["operations"][name] for name in names}
    reached: dict[str, None] = {}
    waiting = [name for operation in operations.values() for name in _referenced(operation)]
    while waiting:
        name = waiting.pop(0)
        if name not in reached:
            reached[name] = None
            waiting += _referenced(model["shapes"][name])
    kept = {name: value for name, value in model.items() if name not in {"operations", "shapes", *_PROSE}}
    shapes = {name: model["shapes"][name] for name in sorted(reached)}
    return {**kept, "operations": _without_prose(operations), "shapes": _without_prose(shapes)}


def _referenced(value: Any) -> Iterator[str]:
    """The names of the shapes that a part of a model names."""
    if isinstance(value, dict):
        if isinstance(value.get("shape"), str):
            yield value["shape"]
        for item in value.values():
            yield from _referenced(item)
    elif isinstance(value, list):
        for item in value:
            yield from _referenced(item)


def _without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_prose(item) for name, item in value.items() if not (name in _PROSE and isinstance(item, str))
        }
    return [_without_prose(item) for item in value] if isinstance(value, list) else value


def main() -> int:
    """Write the slice."""
    SLICE_FILE.write_text(rendered(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
