"""An environment's outputs: asked for by name, and as a flat JSON file for whoever does not run Terraform."""

import json
from pathlib import Path
from typing import Any

from ops.project.errors import OpsError
from ops.project.paths import LOCAL


def outputs_file(root: Path, environment: str) -> Path:
    """Where `make outputs` writes an environment's outputs."""
    return root / "build" / "outputs" / f"{environment}.json"


def write_outputs(path: Path, outputs: dict[str, Any]) -> None:
    """Write outputs flat: names to values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(outputs, indent=2, sort_keys=True) + "\n")


def read_outputs(path: Path) -> dict[str, Any] | None:
    """The outputs that were written, or None."""
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return found


def output_of(outputs: dict[str, Any], name: str, environment: str) -> str:
    """One output's value.

    Args:
        outputs: The environment's outputs by name.
        name: The output.
        environment: Whose outputs they are, for the message.

    Raises:
        OpsError: It is not there.
    """
    if name not in outputs:
        raise not_applied(environment)
    return str(outputs[name])


def not_applied(environment: str) -> OpsError:
    """The refusal of what needs an environment that is applied; `local` is the embedded AWS."""
    remedy = "make up" if environment == LOCAL else f"make apply ENV={environment}"
    return OpsError(f"{environment} is not applied yet: {remedy}")
