"""`make check`: everything that can be held against the tree without running it, each told apart."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from ops.commands import FAILED, run
from ops.errors import OpsError
from ops.progress import Progress
from ops.project import ROOT
from ops.scan.__main__ import scan_files
from ops.validation import validate_all

_SOURCES: Final = ("generate", "handlers", "ops", "tests")


class Check(NamedTuple):
    """One check: what it holds, and what holds it; it returns whether all is well."""

    name: str
    holds: Callable[[], bool]


def checks(root: Path, progress: Progress) -> list[Check]:
    """All checks of the project, the quickest first."""
    return [
        Check("lint", lambda: _succeeds(root, "ruff", "check", *_SOURCES)),
        Check("format", lambda: _succeeds(root, "ruff", "format", "--check", *_SOURCES)),
        Check("types", lambda: _succeeds(root, "mypy")),
        Check("generated files", lambda: _succeeds(root, "generate", "--check")),
        Check("terraform validate", lambda: validate_all(root, progress)),
        Check("checkov", lambda: scan_files(root) == 0),
    ]


def run_checks(chosen: list[Check], progress: Progress) -> int:
    """Run every check, also after one that failed.

    Returns:
        An exit code: 1 where any failed.
    """
    failed = [check.name for check in chosen if not _holds(check, progress)]
    progress.say(f"failed: {', '.join(failed)}" if failed else f"all {len(chosen)} checks hold")
    return FAILED if failed else 0


def _holds(check: Check, progress: Progress) -> bool:
    progress.say(f"{check.name} ...")
    try:
        held = check.holds()
    except OpsError as error:
        print(f"error: {error}", file=sys.stderr)
        held = False
    progress.say(f"{check.name}: {'ok' if held else 'FAILED'}")
    return held


def _succeeds(root: Path, module: str, *arguments: str) -> bool:
    done = subprocess.run(  # noqa: S603  # a module of this environment
        [sys.executable, "-m", module, *arguments], cwd=root, check=False
    )
    return done.returncode == 0


def main() -> int:
    """Run all checks on this project."""
    progress = Progress()
    return run_checks(checks(ROOT, progress), progress)


if __name__ == "__main__":
    sys.exit(run(main))
