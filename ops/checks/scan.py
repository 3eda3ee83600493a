"""Scans the generated files, or a plan, with checkov, and prints the verdict."""

import sys
from pathlib import Path

from ops.checks.checkov import installed_checkov
from ops.checks.gate import Scan, Verdict, judge, read_expectations
from ops.checks.sarif import mark_suppressed
from ops.checks.scan_report import read_files_report, read_plan_report
from ops.project.progress import Progress

SARIF_FILE = "checkov.sarif"


def scan_files(root: Path) -> int:
    """Scan the files of the modules and roots, and leave the results as SARIF for code scanning."""
    checkov = installed_checkov(root, Progress())
    expectations = read_expectations()
    results, sarif = checkov.scan_files(root)
    (checkov.results / SARIF_FILE).write_text(mark_suppressed(sarif, root, expectations), encoding="utf-8")
    return _report("files", judge(read_files_report(results, root), expectations, "files"))


def scan_plan(root: Path, plan: Path) -> int:
    """Scan a plan's JSON."""
    results = installed_checkov(root, Progress()).scan_plan(root, plan.resolve())
    return _report("plan", judge(read_plan_report(results, root), read_expectations(), "plan"))


def _report(scan: Scan, verdict: Verdict) -> int:
    for problem in verdict.problems:
        print(f"checkov, {scan}: {problem}", file=sys.stderr)
    counts = f"{verdict.passed} passed, {len(verdict.problems)} problems, {verdict.suppressed} suppressed with a reason"
    print(f"checkov, {scan}: {counts}")
    return int(bool(verdict.problems))
