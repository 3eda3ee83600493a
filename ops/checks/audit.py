"""Looks up every pinned package in a database of known vulnerabilities, with pip-audit."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from ops.project.errors import OpsError, SkippedError
from ops.project.progress import Progress

FOLDERS: Final = ("ops/setup/requirements", "bench/requirements")
"""Where everything is listed that the project installs from a package index."""
IGNORED_FILE: Final = Path("ops") / "checks" / "ignored_vulnerabilities.toml"
_OPTIONS: Final = ("--strict", "--require-hashes", "--disable-pip", "--format=json", "--progress-spinner=off")
_VARIABLES: Final = {"PIP_AUDIT_VULNERABILITY_SERVICE": "osv", "PIP_AUDIT_LOGLEVEL": "ERROR"}
"""OSV has the advisories of PyPI and GitHub. A user's own `PIP_AUDIT_OSV_URL` names another server."""
SECONDS: Final = 10
"""How long one answer of the database may take."""
_NO_ANSWER: Final = ("requests.exceptions.", "Could not connect")
"""What pip-audit prints where the database cannot be reached, or answers with an error."""


class Ignored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An advisory that the audit ignores.

    Attributes:
        advisory: Its id, or an alias.
        package: The package that it is about.
        reason: Why it does no harm here.
        expires: The last day on which it is ignored.
    """

    advisory: str
    package: str
    reason: Annotated[str, msgspec.Meta(min_length=20)]
    expires: date


class _IgnoredFile(msgspec.Struct, forbid_unknown_fields=True):
    ignored: tuple[Ignored, ...]


def audit(root: Path, progress: Progress) -> bool:
    """Look up the packages of every requirements file.

    Returns:
        Whether every known vulnerability is ignored, and every ignored advisory is needed.

    Raises:
        SkippedError: The database did not answer.
        OpsError: A requirements file or the file of ignored advisories is invalid, or an entry is expired.
    """
    ignored = read_ignored(root / IGNORED_FILE, datetime.now(UTC).date())
    files = [path for folder in FOLDERS for path in sorted((root / folder).glob("*.txt"))]
    packages = [package for path in files for package in _look_up(path)]
    progress.say(f"{len(packages)} packages of {len(files)} requirements files looked up")
    problems = list(dict.fromkeys(find_problems(packages, ignored)))
    for problem in problems:
        print(f"vulnerability audit: {problem}", file=sys.stderr)
    return not problems


def read_ignored(path: Path, today: date) -> tuple[Ignored, ...]:
    """Read the file of ignored advisories.

    Raises:
        OpsError: It is invalid, or an entry's last day is past.
    """
    try:
        ignored = msgspec.toml.decode(path.read_bytes(), type=_IgnoredFile).ignored
    except (msgspec.DecodeError, tomllib.TOMLDecodeError) as error:
        raise OpsError(f"{path.name}: {error}") from error
    expired = [
        f"{entry.advisory} of {entry.package} until {entry.expires}" for entry in ignored if entry.expires < today
    ]
    if expired:
        raise OpsError(f"{path.name}: expired: {', '.join(expired)}. Raise the package's version, or set a later day")
    return ignored


def find_problems(packages: Iterable[Mapping[str, Any]], ignored: Sequence[Ignored]) -> Iterator[str]:
    """Yield a line for each vulnerability that is not ignored, and for each entry that no package needs.

    Args:
        packages: `dependencies` of pip-audit's report.
        ignored: What is ignored.
    """
    needed: set[Ignored] = set()
    for package in packages:
        for found in package["vulns"]:
            ids = [found["id"], *sorted(found["aliases"])]
            entries = {entry for entry in ignored if entry.package == package["name"] and entry.advisory in ids}
            needed |= entries
            if not entries:
                fixed = ", ".join(found["fix_versions"]) or "no version yet"
                yield f"{package['name']} {package['version']} has {', '.join(ids)}; fixed in {fixed}"
    for entry in ignored:
        if entry not in needed:
            yield f"{IGNORED_FILE.name}: no package has {entry.advisory} of {entry.package} any more: remove the entry"


def _look_up(path: Path) -> list[dict[str, Any]]:
    """Run pip-audit. It exits 1 both for a vulnerability and for a failure; only the former prints a report."""
    done = subprocess.run(  # noqa: S603  # pip-audit of this environment
        [sys.executable, "-m", "pip_audit", "-r", str(path), *_OPTIONS, f"--timeout={SECONDS}"],
        capture_output=True,
        text=True,
        check=False,
        env={**_VARIABLES, **os.environ},
    )
    if done.stdout.strip():
        return list(json.loads(done.stdout)["dependencies"])
    lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
    for line in lines:
        if any(text in line for text in _NO_ANSWER):
            raise SkippedError(f"not audited: {path.name}. The vulnerability database did not answer: {line}")
    raise OpsError(f"pip-audit failed on {path.name}: {lines[-1]}")
