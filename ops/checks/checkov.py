"""Runs checkov, in its own virtual environment and off the network."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from ops.checks.scan_report import ReportError
from ops.project.progress import Progress
from ops.setup.environments import ensure

_JSON, _SARIF = "results_json.json", "results_sarif.sarif"
_SECONDS = 300
_ELSEWHERE = ("build", "tests", r"\.venv", r"\.terraform/")
"""Folders, as regular expressions, that hold no generated file of the project."""


@dataclass(frozen=True)
class Checkov:
    """Checkov, installed.

    Attributes:
        interpreter: Of its virtual environment.
        results: The folder that its results are written to.
    """

    interpreter: Path
    results: Path

    def scan_files(self, root: Path) -> tuple[str, str]:
        """Scan the `.tf.json` files of the modules and the roots.

        Returns:
            The results as JSON and as SARIF.
        """
        elsewhere = [part for name in _ELSEWHERE for part in ("--skip-path", name)]
        self._run(root, "-d", ".", *elsewhere, "--framework", "terraform_json", "-o", "json", "-o", "sarif")
        return self._read(_JSON), self._read(_SARIF)

    def scan_plan(self, root: Path, plan: Path) -> str:
        """Scan the JSON of a plan (`terraform show -json`).

        Returns:
            The results as JSON.
        """
        self._run(root, "-f", str(plan), "--framework", "terraform_plan", "-o", "json")
        return self._read(_JSON)

    def _run(self, root: Path, *arguments: str) -> None:
        """Checkov exits 1 where a check failed; the gate, not its exit code, judges."""
        self.results.mkdir(parents=True, exist_ok=True)
        for name in (_JSON, _SARIF):
            (self.results / name).unlink(missing_ok=True)
        checkov = str(self.interpreter.parent / "checkov")
        options = ("--skip-download", "--output-file-path", str(self.results))
        done = subprocess.run(  # noqa: S603  # checkov of an environment that this project made
            [checkov, *arguments, *options], cwd=root, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
        if not (self.results / _JSON).is_file():
            raise ReportError(f"checkov wrote no results:\n{(done.stderr or done.stdout).strip()}")

    def _read(self, name: str) -> str:
        return (self.results / name).read_text(encoding="utf-8")


def installed_checkov(root: Path, progress: Progress) -> Checkov:
    """Checkov in its own virtual environment, made where it is missing: it pins a boto3 of its own."""
    return Checkov(ensure("scan", progress), root / "build" / "scan")
