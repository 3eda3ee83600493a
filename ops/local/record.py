"""What the next command must know of a stored state: where it is served, what is applied, and from which files."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ops.local.layout import Layout
from ops.project.digest import digest_of, read_parts
from ops.project.paths import ACCOUNT
from ops.terraform.provider import LOCK_FILE


@dataclass(frozen=True)
class Record:
    """What is known of a stored state.

    Attributes:
        port: The port that the state is bound to, since the queues' URLs contain it. 0 where there is none yet.
        program: A digest of the server that has loaded the state; empty where it was stopped gracefully. A server that
            has ended and is still named here has lost the state.
        is_applying: Whether Terraform applies. Where it is still set afterwards, the apply was killed.
        digest: Of everything that was applied; empty where the next `make up` has to apply again.
        outputs: The environment's outputs by name; empty where it is not applied.
    """

    port: int = 0
    program: str = ""
    is_applying: bool = False
    digest: str = ""
    outputs: dict[str, Any] = field(default_factory=dict)


def read_record(layout: Layout) -> Record:
    """Read what is known; every field has its default where there is no stored state."""
    try:
        return Record(**json.loads(layout.record.read_text()))
    except FileNotFoundError:
        return Record()


def change_record(layout: Layout, **changes: Any) -> None:
    """Change fields of the record. The file is replaced at once, so that it is always complete."""
    layout.state.mkdir(parents=True, exist_ok=True)
    partial = layout.record.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(replace(read_record(layout), **changes)), indent=2))
    partial.replace(layout.record)


@contextmanager
def applying(layout: Layout) -> Iterator[None]:
    """Record that Terraform applies, until it has ended and written its state; it ends unless it is killed."""
    change_record(layout, is_applying=True, digest="")
    try:
        yield
    finally:
        change_record(layout, is_applying=False)


def inputs_digest(root: Path, environment: str, packages: Path) -> str:
    """A digest of everything that decides what an apply does: Terraform files, packages, and the emulator.

    Args:
        root: The project's folder.
        environment: The environment that is applied.
        packages: The folder of its packages.
    """
    folders = [root / "modules", root / "envs" / ACCOUNT, root / "envs" / environment]
    files = [path for folder in folders for kind in ("*.tf", "*.tf.json", LOCK_FILE) for path in folder.rglob(kind)]
    parts = read_parts([*files, *emulator_files(root)], root)
    return digest_of({**parts, **read_parts(packages.glob("*.zip"), packages)})


def emulator_files(root: Path) -> list[Path]:
    """What decides how the embedded AWS behaves: its pinned version and the corrections of it."""
    pins = root / "ops" / "setup" / "requirements" / "embedded.txt"
    return [pins, *(root / "ops" / "local" / "emulator").glob("*.py")]
