"""The command line of the audit: `python -m ops.audit`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from ops.audit.database import Answer, Database, DatabaseError
from ops.audit.ignored import IGNORED_FILE, read_ignored
from ops.audit.verdict import expired, problems, unused
from ops.commands import FAILED, run
from ops.errors import SkippedError
from ops.pins import read_pins
from ops.progress import Progress
from ops.project import ROOT


def audit(root: Path, database: Database, progress: Progress) -> bool:
    """Hold every file of requirements against the database.

    Returns:
        Whether nothing speaks against the pins.

    Raises:
        SkippedError: Nothing is known against them, but the database did not answer for all of them.
        OpsError: A file of requirements, or of ignored advisories, cannot be read.
    """
    files = sorted((root / "ops" / "requirements").glob("*.txt"))
    pins = {path.name: read_pins(path) for path in files}
    ignored = read_ignored(root / IGNORED_FILE)
    answers: dict[str, Answer] = {}
    found = list(expired(ignored, datetime.now(UTC).date()))
    reason = _ask_all(files, database, answers, progress)
    found += problems(answers, pins, ignored)
    found += unused(answers, ignored) if reason is None else ()
    for problem in found:
        print(f"vulnerability audit: {problem}", file=sys.stderr)
    if reason is not None and not found:
        raise SkippedError(f"not audited: {', '.join(sorted(set(pins) - set(answers)))}. {reason}")
    return not found


def _ask_all(files: list[Path], database: Database, answers: dict[str, Answer], progress: Progress) -> str | None:
    """Gather the answers; return why they are not all there, if so."""
    try:
        database.check()
        for path in files:
            answers[path.name] = database.ask(path)
            progress.say(f"{path.name}: {len(answers[path.name].judged)} packages held against the database")
    except DatabaseError as error:
        return f"The vulnerability database at {database.url} gave no answer: {error}"
    return None


def main() -> int:
    """Audit this project."""
    return 0 if audit(ROOT, Database(), Progress()) else FAILED


if __name__ == "__main__":
    sys.exit(run(main))
