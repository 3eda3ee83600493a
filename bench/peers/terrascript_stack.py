"""The common stack in plain terrascript, by its documented imports: `python terrascript_stack.py FILE`."""

import sys
from pathlib import Path
from typing import Any

import terrascript
from stack import declare
from terrascript import provider, resource

configuration = terrascript.Terrascript()
configuration += provider.aws(region="us-east-1", default_tags=[{"tags": {"environment": "dev"}}])
configuration += terrascript.Terraform(
    backend={"s3": {"bucket": "iot-pipeline-terraform-state", "key": "dev/iot-pipeline.tfstate"}}
)


class Reference:
    """Wraps what terrascript hands out bare."""

    def __init__(self, kind: str, name: str) -> None:
        self._address = f"aws_{kind}.{name}"

    def __getattr__(self, attribute: str) -> str:
        """Refer to an attribute."""
        return f"${{{self._address}.{attribute}}}"


def add(kind: str, name: str, /, **arguments: Any) -> Any:
    """Make an instance of terrascript's class for a type."""
    global configuration  # noqa: PLW0603 - terrascript adds in place
    configuration += getattr(resource, f"aws_{kind}")(name, **arguments)
    return Reference(kind, name)


declare(add)
Path(sys.argv[1]).write_text(str(configuration), encoding="utf-8")
