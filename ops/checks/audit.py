"""Compares everything that is pinned with a database of vulnerabilities."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ops.checks.audit_verdict import expired, problems, unused
from ops.checks.ignored_vulnerabilities import IGNORED_FILE, read_ignored
from ops.checks.vulnerability_database import Answer, Database, DatabaseError
from ops.project.errors import SkippedError
from ops.project.progress import Progress
from ops.setup.pins import read_pins

FOLDERS: Final = ("ops/setup/requirements", "bench/requirements")
"""Where everything is that the project installs from a registry."""


def audit(root: Path, database: Database, progress: Progress) -> bool:
    """Hold every file of requirements against the database.

    Returns:
        Whether nothing speaks against the pins.

    Raises:
        SkippedError: Nothing is known against them, but the database did not answer for all of them.
        OpsError: A file of requirements, or of ignored advisories, cannot be read.
    """
    files = [path for folder in FOLDERS for path in sorted((root / folder).glob("*.txt"))]
    pins = {path.relative_to(root).as_posix(): read_pins(path) for path in files}
    ignored = read_ignored(root / IGNORED_FILE)
    answers: dict[str, Answer] = {}
    found = list(expired(ignored, datetime.now(UTC).date()))
    reason = _ask_all(root, pins, database, answers, progress)
    found += problems(answers, pins, ignored)
    found += unused(answers, ignored) if reason is None else ()
    for problem in found:
        print(f"vulnerability audit: {problem}", file=sys.stderr)
    if reason is not None and not found:
        raise SkippedError(f"not audited: {', '.join(sorted(set(pins) - set(answers)))}. {reason}")
    return not found


def _ask_all(
    root: Path, files: Iterable[str], database: Database, answers: dict[str, Answer], progress: Progress
) -> str | None:
    """Gather the answers; return why they are not all there, if so."""
    try:
        database.check()
        for name in files:
            answers[name] = database.ask(root / name)
            progress.say(f"{name}: {len(answers[name].judged)} packages held against the database")
    except DatabaseError as error:
        return f"The vulnerability database at {database.url} gave no answer: {error}"
    return None
