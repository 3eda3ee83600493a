"""Asks a database of vulnerabilities through pip-audit, and takes nothing for an answer that is none.

pip-audit ends with 0 and "No known vulnerabilities found" where the database knows none of the packages, and with 1
both for findings and for a failure. So its JSON is read, not its exit code, and every package must be in it.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from ops.errors import OpsError

OSV: Final = "https://api.osv.dev/v1/query"
"""OSV holds the advisories of PyPI and GitHub (its documentation, "Data sources")."""
_KNOWN: Final = "jinja2==2.4.1"
"""Vulnerable for as long as there has been a database (the example of OSV's own API documentation)."""
_SOCKET_SECONDS: Final = 10


class DatabaseError(OpsError):
    """The database was not reached, or gave no usable answer."""


@dataclass(frozen=True, order=True)
class Finding:
    """One advisory about one package.

    Attributes:
        package: Its name.
        version: The version that is pinned.
        advisory: The advisory's main id.
        aliases: Its other ids.
        fixed: The versions that mend it; none where there is none yet.
    """

    package: str
    version: str
    advisory: str
    aliases: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What the database said of one file.

    Attributes:
        judged: Name and version of each package that it knows.
        findings: What it holds against them.
    """

    judged: frozenset[tuple[str, str]]
    findings: tuple[Finding, ...]


@dataclass
class Database:
    """A database that speaks OSV's protocol.

    Attributes:
        url: Where questions go.
        seconds: How long all questions together may take.
    """

    url: str = OSV
    seconds: float = 240

    def __post_init__(self) -> None:
        """Start the clock."""
        self._ends = time.monotonic() + self.seconds

    def check(self) -> None:
        """Ask for a package that is known to be vulnerable.

        Raises:
            DatabaseError: The database was not reached, or does not know of it: its silence would mean nothing.
        """
        with TemporaryDirectory(prefix="audit-") as folder:
            path = Path(folder) / "known.txt"
            path.write_text(_KNOWN + "\n", encoding="utf-8")
            if not self.ask(path, "--no-deps").findings:
                raise DatabaseError(f"it knows of no advisory about {_KNOWN}, so it would find nothing else either")

    def ask(self, requirements: Path, *options: str) -> Answer:
        """Ask for every package of a file.

        Raises:
            DatabaseError: There was no answer in time, or none for a person to rely on.
        """
        with TemporaryDirectory(prefix="audit-cache-") as cache:
            command = [sys.executable, "-m", "pip_audit", "-r", str(requirements), "--disable-pip", *options]
            command += ["--vulnerability-service", "osv", "--osv-url", self.url, "--timeout", str(_SOCKET_SECONDS)]
            command += ["--format", "json", "--desc", "off", "--progress-spinner", "off", "--cache-dir", cache]
            return _read(self._run(command))

    def _run(self, command: Sequence[str]) -> str:
        try:
            done = subprocess.run(  # noqa: S603  # pip-audit of this environment
                command,
                capture_output=True,
                text=True,
                check=False,
                timeout=max(0.0, self._ends - time.monotonic()),
                env={**os.environ, "PIP_AUDIT_LOGLEVEL": "ERROR"},
            )
        except subprocess.TimeoutExpired as error:
            raise DatabaseError(f"no answer within {self.seconds:g} seconds") from error
        if not done.stdout.strip():
            lines = done.stderr.strip().splitlines() or [f"pip-audit ended with {done.returncode}"]
            causes = [line for line in lines if line.startswith("requests.exceptions.")]
            raise DatabaseError((causes or lines)[-1])
        return done.stdout


def _read(text: str) -> Answer:
    try:
        packages = json.loads(text)["dependencies"]
        judged = [package for package in packages if "skip_reason" not in package]
        return Answer(
            frozenset((package["name"], package["version"]) for package in judged),
            tuple(sorted(_finding(package, found) for package in judged for found in package["vulns"])),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise DatabaseError(f"pip-audit's answer is not what it should be: {text[:200]}") from error


def _finding(package: dict[str, Any], found: dict[str, Any]) -> Finding:
    aliases = tuple(sorted(found.get("aliases", ())))
    return Finding(package["name"], package["version"], found["id"], aliases, tuple(found["fix_versions"]))
