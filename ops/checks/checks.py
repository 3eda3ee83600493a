"""`make check`: everything that can be held against the tree without running it, each told apart."""

import subprocess
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from ops.checks.audit import audit
from ops.checks.scan import scan_files
from ops.checks.validation import validate_all
from ops.checks.vulnerability_database import Database
from ops.project.errors import OpsError, SkippedError
from ops.project.progress import Progress

_SOURCES: Final = ("bench", "generate", "handlers", "ops", "tests")
_ALL: Final = " ".join(_SOURCES)


class Verdict(StrEnum):
    """What came of a check."""

    OK = "ok"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


class Check(NamedTuple):
    """One check: what it holds, what holds it, and the command that fixes it, where there is one.

    It returns whether all is well, and raises SkippedError where that cannot be found out here.
    """

    name: str
    holds: Callable[[], bool]
    fix: str = ""


def checks(root: Path, progress: Progress) -> list[Check]:
    """All checks of the project, the quickest first."""
    return [
        Check(
            "lint",
            lambda: _succeeds(root, "ruff", "check", *_SOURCES),
            f"{_python(root)} -m ruff check --fix {_ALL} (what it cannot fix, it names)",
        ),
        Check(
            "format",
            lambda: _succeeds(root, "ruff", "format", "--check", *_SOURCES),
            f"{_python(root)} -m ruff format {_ALL}",
        ),
        Check("types", lambda: _succeeds(root, "mypy")),
        Check("generated files", lambda: _succeeds(root, "generate", "--check"), "make generate"),
        Check("terraform validate", lambda: validate_all(root, progress)),
        Check("checkov", lambda: scan_files(root) == 0),
        Check("vulnerability audit", lambda: audit(root, Database(), progress)),
    ]


def run_checks(chosen: list[Check], progress: Progress) -> int:
    """Run every check, also after one that failed.

    Returns:
        An exit code: 1 where any failed. One that was skipped fails nothing, and is told again at the end.
    """
    verdicts = {check.name: _verdict(check, progress) for check in chosen}
    told = {verdict: [name for name, found in verdicts.items() if found == verdict] for verdict in Verdict}
    if told[Verdict.SKIPPED]:
        progress.say(f"skipped, so neither good nor bad: {', '.join(told[Verdict.SKIPPED])}")
    failed, held = told[Verdict.FAILED], len(told[Verdict.OK])
    for check in chosen:
        if check.fix and check.name in failed:
            progress.say(f"to fix {check.name}: {check.fix}")
    progress.say(f"failed: {', '.join(failed)}" if failed else f"{held} of {len(chosen)} checks hold, none failed")
    return int(bool(failed))


def _verdict(check: Check, progress: Progress) -> Verdict:
    progress.say(f"{check.name} ...")
    try:
        verdict = Verdict.OK if check.holds() else Verdict.FAILED
    except SkippedError as error:
        progress.say(str(error))
        verdict = Verdict.SKIPPED
    except OpsError as error:
        print(f"error: {error}", file=sys.stderr)
        verdict = Verdict.FAILED
    progress.say(f"{check.name}: {verdict}")
    return verdict


def _succeeds(root: Path, module: str, *arguments: str) -> bool:
    done = subprocess.run(  # noqa: S603  # a module of this environment
        [sys.executable, "-m", module, *arguments], cwd=root, check=False
    )
    return done.returncode == 0


def _python(root: Path) -> str:
    """This interpreter as a person types it in the project's folder; of a link, not of what it points at."""
    program = Path(sys.executable)
    return str(program.relative_to(root) if program.is_relative_to(root) else program)
