"""`make check`: everything that can be checked without running the project, one result for each check."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from ops.checks.audit import audit
from ops.checks.scan import scan_files
from ops.checks.validation import EXAMPLES, validate_all
from ops.project.errors import OpsError, SkippedError
from ops.project.progress import Progress

_PYTHON: Final = ".venv/bin/python"
"""The interpreter as a person types it."""
_SOURCES: Final = ("bench", "generate", "handlers", "ops", "tests")
_TEXTS: Final = (*_SOURCES, "docs", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile")


class Result(StrEnum):
    """The result of a check."""

    OK = "ok"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


class Check(NamedTuple):
    """One check.

    Attributes:
        name: For people.
        passes: Whether the tree passes; raises SkippedError where that cannot be found out on this machine.
        fix: The command that fixes what it can, or what to do; empty where there is none.
    """

    name: str
    passes: Callable[[], bool]
    fix: str = ""


def checks(root: Path, progress: Progress) -> list[Check]:
    """All checks of the project, the quickest first."""

    def succeeds(module: str, *arguments: str) -> Callable[[], bool]:
        command = [sys.executable, "-m", module, *arguments]
        return lambda: subprocess.run(command, cwd=root, check=False).returncode == 0  # noqa: S603  # of this environment

    sources = " ".join(_SOURCES)
    return [
        Check(
            "lint",
            succeeds("ruff", "check", *_SOURCES),
            f"{_PYTHON} -m ruff check --fix {sources} (what it cannot fix, it names)",
        ),
        Check("format", succeeds("ruff", "format", "--check", *_SOURCES), f"{_PYTHON} -m ruff format {sources}"),
        Check("words", succeeds("codespell_lib", *_TEXTS), "use the words after ==> (ops/checks/words.txt)"),
        Check("types", succeeds("mypy")),
        Check("generated files", succeeds("generate", "--check"), "make generate"),
        Check(
            "terraform validate",
            lambda: validate_all(root, progress),
            f"terraform fmt -recursive {EXAMPLES} (what else is invalid is named above)",
        ),
        Check("checkov", lambda: scan_files(root) == 0),
        Check("vulnerability audit", lambda: audit(root, progress)),
    ]


def run_checks(chosen: Sequence[Check], progress: Progress) -> int:
    """Run every check, also after one that failed, and list at the end what failed or was skipped.

    Returns:
        An exit code: 1 where any failed.
    """
    results = {check.name: _run(check, progress) for check in chosen}
    skipped, failed, passed = (
        [name for name, result in results.items() if result == wanted]
        for wanted in (Result.SKIPPED, Result.FAILED, Result.OK)
    )
    if skipped:
        progress.say(f"skipped, neither passed nor failed: {', '.join(skipped)}")
    for check in chosen:
        if check.fix and check.name in failed:
            progress.say(f"to fix {check.name}: {check.fix}")
    progress.say(
        f"failed: {', '.join(failed)}" if failed else f"{len(passed)} of {len(chosen)} checks passed, none failed"
    )
    return int(bool(failed))


def _run(check: Check, progress: Progress) -> Result:
    progress.say(f"{check.name} ...")
    try:
        result = Result.OK if check.passes() else Result.FAILED
    except SkippedError as error:
        progress.say(str(error))
        result = Result.SKIPPED
    except OpsError as error:
        print(f"error: {error}", file=sys.stderr)
        result = Result.FAILED
    progress.say(f"{check.name}: {result}")
    return result
