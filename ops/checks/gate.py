"""The verdict on a report: pure, and all problems at once."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ops.checks.scan_report import Finding, Report
from ops.project.errors import OpsError

Scan = Literal["files", "plan"]
EXPECTATIONS_FILE = Path(__file__).parent / "expectations.toml"


class ExpectationsError(OpsError):
    """The file of expectations cannot be used."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Suppression(_Strict):
    """A check that may fail on these resources, and why."""

    check: str
    reason: str
    files: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()


class Requirement(_Strict):
    """A check that must have passed on these resources: a scan that judged nothing is not green."""

    check: str
    files: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()


class Expectations(_Strict):
    """What the gate holds a scan against."""

    suppressed: tuple[Suppression, ...]
    required: tuple[Requirement, ...]
    unparsed: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """What came of a scan.

    Attributes:
        passed: How many checks passed.
        suppressed: How many failed and may.
        problems: A line for each reason to fail.
    """

    passed: int
    suppressed: int
    problems: tuple[str, ...]


def read_expectations(path: Path = EXPECTATIONS_FILE) -> Expectations:
    """Read the file of expectations.

    Raises:
        ExpectationsError: It holds what is not allowed.
    """
    try:
        return Expectations.model_validate(tomllib.loads(path.read_text(encoding="utf-8")), strict=False)
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        message = f"{path.name}: {error}"
        raise ExpectationsError(message) from error


def findings(expected: Iterable[Suppression | Requirement], scan: Scan) -> frozenset[Finding]:
    """The findings that these entries name for that scan."""
    return frozenset(Finding(entry.check, resource) for entry in expected for resource in getattr(entry, scan))


def judge(report: Report, expectations: Expectations, scan: Scan) -> Verdict:
    """Hold a report against the expectations."""
    suppressed = findings(expectations.suppressed, scan)
    problems = (
        *(
            f"failed: {at.check} on {at.resource}: {report.failed[at]}"
            for at in sorted(set(report.failed) - suppressed)
        ),
        *(f"unused suppression: {at.check} on {at.resource}" for at in sorted(suppressed - set(report.failed))),
        *(
            f"did not run: {at.check} should have passed on {at.resource}"
            for at in sorted(findings(expectations.required, scan) - report.passed)
        ),
        *_parse_problems(report, expectations, scan),
    )
    return Verdict(len(report.passed), len(suppressed & set(report.failed)), problems)


def _parse_problems(report: Report, expectations: Expectations, scan: Scan) -> Iterator[str]:
    """A file that checkov cannot read is judged by nobody, so each must be known."""
    allowed = expectations.unparsed if scan == "files" else ()
    for path in report.unparsed:
        if Path(path).name not in allowed:
            yield f"checkov cannot read {path}"
