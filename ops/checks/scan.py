"""Scans the generated files, or a plan, with checkov, and compares its report with `expectations.toml`."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import msgspec

from ops.project.errors import OpsError
from ops.project.progress import Progress
from ops.setup.environments import ensure

Scan = Literal["files", "plan"]
EXPECTATIONS_FILE: Final = Path(__file__).parent / "expectations.toml"
_SKIPPED: Final = ("build", "tests", r"\.venv", r"\.terraform/", r"versions\.tf\.json")
"""Regular expressions of paths. Checkov's parser takes no plain value in a `terraform` block, which is all that the
files of versions have; the other folders have no generated file of the project."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A check and the resources on which it may fail, with the reason, or on which it must have passed."""

    check: str
    reason: str = ""
    files: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()


class Expectations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a scan's report is compared with: required checks, too, because a scan that read nothing must fail."""

    suppressed: tuple[Entry, ...]
    required: tuple[Entry, ...]

    def may_fail(self, scan: Scan) -> set[str]:
        """The suppressed findings, such as `CKV_AWS_18 on envs/account aws_s3_bucket.state`."""
        return {f"{entry.check} on {name}" for entry in self.suppressed for name in getattr(entry, scan)}

    def must_pass(self, scan: Scan) -> set[str]:
        """The findings that must be among those that passed."""
        return {f"{entry.check} on {name}" for entry in self.required for name in getattr(entry, scan)}


class Report(NamedTuple):
    """What checkov found: findings that passed, those that failed with the check's title, and unreadable files."""

    passed: set[str]
    failed: dict[str, str]
    unparsed: list[str]


def scan_files(root: Path) -> int:
    """Scan the modules and roots.

    Returns:
        An exit code: 1 where there is a problem.
    """
    skipped = [option for name in _SKIPPED for option in ("--skip-path", name)]
    text = _run_checkov(root, "-d", ".", *skipped, "--framework", "terraform_json")
    return _print_verdict("files", read_report(text, root, "files"), read_expectations())


def scan_plan(root: Path, plan: Path) -> int:
    """Scan the JSON of a plan (`terraform show -json`).

    Returns:
        An exit code: 1 where there is a problem.
    """
    text = _run_checkov(root, "-f", str(plan.resolve()), "--framework", "terraform_plan")
    return _print_verdict("plan", read_report(text, root, "plan"), read_expectations())


def read_expectations(path: Path = EXPECTATIONS_FILE) -> Expectations:
    """Read the file of expectations.

    Raises:
        OpsError: It is invalid.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Expectations)
    except (msgspec.DecodeError, tomllib.TOMLDecodeError) as error:
        raise OpsError(f"{path.name}: {error}") from error


def read_report(text: str, root: Path, scan: Scan) -> Report:
    """Read checkov's JSON. In a scan of files it names a resource without its type, such as `resource.ingestion`.

    Raises:
        OpsError: The report has no results.
    """

    def finding(check: dict[str, Any]) -> str:
        in_file = (root, check["file_path"].lstrip("/"), check["file_line_range"][0])
        return f"{check['check_id']} on {check['resource'] if scan == 'plan' else resource_at(*in_file)}"

    try:
        results = json.loads(text)["results"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise OpsError(f"checkov wrote no results: {error}") from error
    failed = {finding(check): check["check_name"] for check in results["failed_checks"]}
    return Report({finding(check) for check in results["passed_checks"]}, failed, results["parsing_errors"])


def find_problems(report: Report, expectations: Expectations, scan: Scan) -> list[str]:
    """A line for each difference between the report and the expectations."""
    failed, suppressed = set(report.failed), expectations.may_fail(scan)
    missing = expectations.must_pass(scan) - report.passed
    return [
        *(f"failed: {finding}: {report.failed[finding]}" for finding in sorted(failed - suppressed)),
        *(f"unused suppression: {finding}" for finding in sorted(suppressed - failed)),
        *(f"did not run: {finding} should have passed" for finding in sorted(missing)),
        *(f"checkov cannot read {path}" for path in report.unparsed),
    ]


def resource_at(root: Path, path: str, line: int) -> str:
    """Such as `modules/data aws_kms_key.this`: the last type and name up to a line, by the generator's indentation."""
    text = "\n".join((root / path).read_text(encoding="utf-8").splitlines()[:line])
    kinds = re.findall(r'^ {4}"([a-z0-9_]+)": \{$', text, re.MULTILINE)
    names = re.findall(r'^ {6}"([\w-]+)": \{$', text, re.MULTILINE)
    return f"{Path(path).parent} {(kinds or '?')[-1]}.{(names or '?')[-1]}"


def _run_checkov(root: Path, *arguments: str) -> str:
    """Run checkov off the network, in an environment of its own because it pins a boto3 of its own.

    Returns:
        Its report as JSON. Its exit code is not read: the expectations decide.
    """
    python, checkov = ensure("scan", Progress()), Path(__file__).with_name("corrected_checkov.py")
    command = [str(python), str(checkov), *arguments, "-o", "json", "--skip-download"]
    return subprocess.run(  # noqa: S603  # checkov of an environment that this project made
        command, cwd=root, stdout=subprocess.PIPE, check=False
    ).stdout.decode()


def _print_verdict(scan: Scan, report: Report, expectations: Expectations) -> int:
    problems = find_problems(report, expectations, scan)
    for problem in problems:
        print(f"checkov, {scan}: {problem}", file=sys.stderr)
    suppressed = len(expectations.may_fail(scan) & report.failed.keys())
    print(
        f"checkov, {scan}: {len(report.passed)} passed, {len(problems)} problems, {suppressed} suppressed with a reason"
    )
    return int(bool(problems))
