"""Remembers what was applied to the embedded AWS, so that nothing is applied again that did not change."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ops.local.layout import Layout
from ops.project.digest import digest_of, read_parts
from ops.project.paths import ACCOUNT
from ops.terraform.provider import LOCK_FILE

_PINS: Final = Path("ops") / "setup" / "requirements" / "embedded.txt"


@dataclass(frozen=True)
class Applied:
    """What was applied last.

    Attributes:
        digest: Of everything that it was made from.
        outputs: The environment's outputs by name.
    """

    digest: str
    outputs: dict[str, Any]


def inputs_digest(root: Path, environment: str, packages: Path) -> str:
    """A digest of what an apply reads: the Terraform files, the packages, and the emulator's own version.

    Args:
        root: The project's folder.
        environment: The environment that is applied.
        packages: The folder of its packages.
    """
    folders = [root / "modules", root / "envs" / ACCOUNT, root / "envs" / environment]
    terraform = [path for folder in folders for kind in ("*.tf", "*.tf.json") for path in folder.rglob(kind)]
    locks = [folder / LOCK_FILE for folder in folders if (folder / LOCK_FILE).is_file()]
    files = read_parts([*terraform, *locks, *emulator_sources(root)], root)
    return digest_of({**files, **read_parts(packages.glob("*.zip"), packages)})


def emulator_sources(root: Path) -> list[Path]:
    """What decides how the embedded AWS behaves: its pinned version, and what is put right in it."""
    return [root / _PINS, *sorted((root / "ops" / "local" / "emulator").glob("*.py"))]


def read_applied(layout: Layout) -> Applied | None:
    """What was applied last, or None."""
    try:
        return Applied(**json.loads(layout.applied.read_text()))
    except FileNotFoundError:
        return None


def write_applied(layout: Layout, applied: Applied) -> None:
    """Remember what was applied; the record is whole or absent."""
    partial = layout.applied.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(applied), indent=2))
    partial.replace(layout.applied)
