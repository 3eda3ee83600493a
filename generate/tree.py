"""The one place that reads and writes generated files."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from generate.files import accessing

_GENERATED = (
    "modules/*/*.tf.json",
    "modules/*/README.md",
    "envs/*/*.tf.json",
    "envs/*.schema.json",
    "envs/*/*.schema.json",
    "docs/openapi.json",
    "docs/api.md",
)
_OVERRIDES = "_override.tf.json"
"""Files with this ending are Terraform's override files: somebody's own, and ignored by git."""


def generated_files(root: Path, environment: str | None = None) -> set[str]:
    """The generated files that there are, as paths relative to the root.

    Args:
        root: The project's folder.
        environment: Only this environment's and the modules' Terraform.
    """
    patterns = _GENERATED if environment is None else (f"envs/{environment}/*.tf.json", "modules/*/*.tf.json")
    found = (path for pattern in patterns for path in root.glob(pattern))
    return {path.relative_to(root).as_posix() for path in found if not path.name.endswith(_OVERRIDES)}


def differences(root: Path, texts: Mapping[str, str], existing: set[str]) -> str:
    """A unified diff from the tree to what should be there; empty where they agree.

    A missing file shows as added, and an orphan, which nothing generates any more, as removed.

    Raises:
        FileError: A file could not be read.
    """
    import difflib  # noqa: PLC0415 - only a comparison needs it

    diff: list[str] = []
    for path in sorted(existing | set(texts)):
        old = _read(root, path) if path in existing else ""
        new = texts.get(path, "")
        if old != new:
            from_file = path if path in existing else "/dev/null"
            to_file = path if path in texts else "/dev/null"
            lines = difflib.unified_diff(
                old.splitlines(keepends=True), new.splitlines(keepends=True), from_file, to_file
            )
            diff.extend(lines)
    return "".join(diff)


def write(root: Path, texts: Mapping[str, str], existing: set[str]) -> list[str]:
    """Make the tree hold these texts: write what differs, delete orphans.

    One that is the same is not touched. All that differ are written beside their places before the first one is
    replaced, so that a full disk leaves the tree as it was; each is replaced atomically.

    Returns:
        What was done, a line for each file.

    Raises:
        FileError: A file could not be read, written or removed.
    """
    changed = [path for path, text in texts.items() if path not in existing or _read(root, path) != text]
    temporaries = {path: _temporary(root / path) for path in changed}
    try:
        for path, temporary in temporaries.items():
            _write(temporary, path, texts[path])
        for path, temporary in temporaries.items():
            with accessing("write", path):
                temporary.replace(root / path)
    finally:
        for temporary in temporaries.values():
            with suppress(OSError):
                temporary.unlink()
    orphans = sorted(existing - set(texts))
    for orphan in orphans:
        with accessing("remove", orphan):
            (root / orphan).unlink()
    return [*(f"wrote {path}" for path in changed), *(f"removed {orphan}" for orphan in orphans)]


def _read(root: Path, path: str) -> str:
    """The content of a file; what is not UTF-8 differs from all that is generated."""
    with accessing("read", path):
        return (root / path).read_text(encoding="utf-8", errors="replace")


def _temporary(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}")


def _write(temporary: Path, path: str, text: str) -> None:
    with accessing("write", path):
        temporary.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.chmod(0o644)
