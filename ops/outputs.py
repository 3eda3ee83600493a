"""An environment's outputs as a flat JSON file, for whoever does not run Terraform."""

import json
from pathlib import Path
from typing import Any


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
