"""Writes the slice of botocore's service models that the functions need: `iot-pipeline service-models`.

botocore reads a service's whole model for a client, most of which is never used. The slice has the operations that
the handlers call, and the shapes that these reach, as botocore has them but without their documentation.
"""

import json
import re
from typing import Any, Final

from botocore.loaders import Loader

from handlers.aws.service_models import SLICE_FILE

OPERATIONS: Final = {
    "dynamodb": ("BatchGetItem", "BatchWriteItem", "PutItem", "Query", "UpdateItem"),
    "sns": ("Publish",),
    "sqs": ("ChangeMessageVisibilityBatch", "SendMessageBatch"),
    "ssm": ("GetParameter",),
}
"""What `handlers/aws/` calls; a test of the handlers that calls anything else fails."""
_DOCUMENTATION: Final = frozenset({"documentation", "documentationUrl"})


def sliced_models() -> dict[str, Any]:
    """The slices of the installed botocore's models, by service."""
    loader = Loader()
    return {name: _sliced(loader.load_service_model(name, "service-2"), OPERATIONS[name]) for name in OPERATIONS}


def rendered() -> str:
    """The slices as the file has them: a line for each operation and shape."""
    return json.dumps(sliced_models(), separators=(",", ":")).replace('},"', '},\n"') + "\n"


def write_service_models() -> None:
    """Write the slice."""
    SLICE_FILE.write_text(rendered(), encoding="utf-8")


def _sliced(model: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    operations = {name: model["operations"][name] for name in names}
    reached: set[str] = set()
    waiting = _referenced(operations)
    while waiting:
        reached |= waiting
        waiting = _referenced([model["shapes"][name] for name in waiting]) - reached
    shapes = {name: model["shapes"][name] for name in sorted(reached)}
    return dict(_without_documentation({**model, "operations": operations, "shapes": shapes}))


def _referenced(part: Any) -> set[str]:
    """The names of the shapes that a part of a model names."""
    return set(re.findall(r'"shape": "(\w+)"', json.dumps(part)))


def _without_documentation(part: Any) -> Any:
    def kept(members: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value for name, value in members.items() if not (name in _DOCUMENTATION and isinstance(value, str))
        }

    return json.loads(json.dumps(part), object_hook=kept)
