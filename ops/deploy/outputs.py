"""An environment's outputs, as a flat JSON file for whoever may not read the state."""

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
    found: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
    return found


def output_of(outputs: dict[str, Any], name: str, environment: str) -> str:
    """One of an environment's outputs.

    Raises:
        OpsError: The environment is not applied as far as that.
    """
    if name not in outputs:
        raise not_applied(environment)
    return str(outputs[name])


def not_applied(environment: str) -> OpsError:
    """The error of a command that needs an applied environment; `local` is the embedded AWS."""
    return OpsError(
        f"{environment} is not applied yet: make {'up' if environment == LOCAL else f'apply ENV={environment}'}"
    )
