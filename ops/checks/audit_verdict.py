"""The verdict on what the database said: pure, and all problems at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from ops.checks.ignored_vulnerabilities import Ignored
from ops.checks.vulnerability_database import Answer, Finding
from ops.setup.pins import Pin


def problems(
    answers: Mapping[str, Answer], pins: Mapping[str, Sequence[Pin]], ignored: Sequence[Ignored]
) -> Iterator[str]:
    """Yield a line for each finding that is not passed over, and for each package that nobody judged.

    Args:
        answers: What the database said, by the name of the file.
        pins: What each file pins, by the same names.
        ignored: What is passed over.
    """
    for name, answer in answers.items():
        for package, version in sorted(_applying(pins[name]) - answer.judged):
            yield f"{name}: {package} {version} was not judged"
        for finding in answer.findings:
            if not _entries(finding, ignored):
                yield f"{name}: {_words(finding)}"


def expired(ignored: Sequence[Ignored], today: date) -> Iterator[str]:
    """Yield a line for each entry whose day is past."""
    for entry in ignored:
        if entry.expires < today:
            yield f"ignored.toml: {entry.advisory} of {entry.package} is ignored only until {entry.expires}"


def unused(answers: Mapping[str, Answer], ignored: Sequence[Ignored]) -> Iterator[str]:
    """Yield a line for each entry that no finding needs; `answers` must be those of all files."""
    needed = [
        entry for answer in answers.values() for finding in answer.findings for entry in _entries(finding, ignored)
    ]
    for entry in ignored:
        if entry not in needed:
            yield f"ignored.toml: {entry.advisory} of {entry.package} is ignored, but nothing needs it"


def _applying(pins: Sequence[Pin]) -> set[tuple[str, str]]:
    return {(pin.name, pin.version or "unpinned") for pin in pins if pin.applies}


def _entries(finding: Finding, ignored: Iterable[Ignored]) -> list[Ignored]:
    """The entries that name a finding."""
    ids = {finding.advisory, *finding.aliases}
    return [entry for entry in ignored if entry.package == finding.package and entry.advisory in ids]


def _words(finding: Finding) -> str:
    aliases = f" ({', '.join(finding.aliases)})" if finding.aliases else ""
    fixed = f"fixed in {', '.join(finding.fixed)}" if finding.fixed else "not fixed in any version yet"
    return f"{finding.package} {finding.version} has {finding.advisory}{aliases}, {fixed}"
