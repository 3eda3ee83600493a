"""The vulnerability audit finds what a database knows, and reports that it was skipped where there is no database."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from ops.checks.audit import FOLDERS, IGNORED_FILE, Ignored, audit, find_problems, read_ignored
from ops.checks.checks import Check, run_checks
from ops.project.errors import OpsError, SkippedError
from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.setup.pins import read_pins
from tests.proofs.supply_chain.osv_server import OsvServer, advisory, serving
from tests.support.proving import Figures

DIGEST = "a" * 64
PINS = f"one==1.0 \\\n    --hash=sha256:{DIGEST}\ntwo==2.0 ; sys_platform != 'none' \\\n    --hash=sha256:{DIGEST}\n"
LAST_DAY = date(2026, 6, 30)
ENTRY = Ignored(advisory="CVE-2026-1", package="one", reason="The function at fault is never called.", expires=LAST_DAY)
WRITTEN_ENTRY = """\
[[ignored]]
advisory = "CVE-2026-1"
package = "one"
reason = "The function at fault is never called."
expires = 2026-06-30
"""


@contextmanager
def audited_with(url: str, seconds: int = 60) -> Iterator[None]:
    """Let audits look up packages at that address, without a proxy; each answer may take that long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.setenv("PIP_AUDIT_OSV_URL", url)
        patch.setattr("ops.checks.audit.SECONDS", seconds)
        yield


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "ops" / "setup" / "requirements").mkdir(parents=True)
    (tmp_path / "ops" / "setup" / "requirements" / "some.txt").write_text(PINS)
    write_ignored(tmp_path, "ignored = []")
    return tmp_path


def write_ignored(project: Path, text: str) -> Path:
    path = project / IGNORED_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def package(name: str, version: str, *found: tuple[str, ...]) -> dict[str, Any]:
    """A package of pip-audit's report, with advisories that have an id, aliases, and no version that fixes them."""
    vulns = [{"id": first, "aliases": list(aliases), "fix_versions": []} for first, *aliases in found]
    return {"name": name, "version": version, "vulns": vulns}


def test_pins_without_a_finding_pass() -> None:
    assert list(find_problems([package("one", "1.0"), package("two", "2.0")], ())) == []


def test_a_finding_that_no_version_fixes_is_reported_as_such() -> None:
    assert list(find_problems([package("two", "2.0", ("GHSA-1",))], ())) == [
        "two 2.0 has GHSA-1; fixed in no version yet"
    ]


@pytest.mark.parametrize("ids", [("CVE-2026-1",), ("PYSEC-2026-1", "CVE-2026-1")])
def test_an_ignored_finding_passes_by_its_id_or_an_alias(ids: tuple[str, ...]) -> None:
    assert list(find_problems([package("one", "1.0", ids)], [ENTRY])) == []


def test_an_entry_counts_for_its_own_package_only() -> None:
    assert len(list(find_problems([package("two", "2.0", ("CVE-2026-1",))], [ENTRY]))) == 2


def test_an_entry_that_no_package_needs_fails() -> None:
    assert list(find_problems([package("one", "1.0")], [ENTRY])) == [
        "ignored_vulnerabilities.toml: no package has CVE-2026-1 of one any more: remove the entry"
    ]


def test_an_entry_is_read_until_the_end_of_its_last_day(project: Path) -> None:
    path = write_ignored(project, WRITTEN_ENTRY)

    assert read_ignored(path, LAST_DAY) == (ENTRY,)
    with pytest.raises(OpsError, match="expired: CVE-2026-1 of one until 2026-06-30"):
        read_ignored(path, date(2026, 7, 1))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (WRITTEN_ENTRY.replace("The function at fault is never called.", "it is"), r"length >= 20 .*reason"),
        (WRITTEN_ENTRY.replace("expires = 2026-06-30", ""), "missing required field `expires`"),
        (WRITTEN_ENTRY + "until = 1", "unknown field `until`"),
        ("no TOML", "expected '='"),
    ],
)
def test_an_entry_needs_a_reason_and_a_last_day(project: Path, text: str, problem: str) -> None:
    with pytest.raises(OpsError, match=rf"ignored_vulnerabilities\.toml: (?i:.*{problem})"):
        read_ignored(write_ignored(project, text), LAST_DAY)


@pytest.mark.proof("supply chain")
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_finding_fails_and_names_package_version_advisory_and_fix(
    folder: str,
    project: Path,
    progress: Progress,
    capsys: pytest.CaptureFixture[str],
    figures: Figures,
) -> None:
    (project / folder).mkdir(parents=True, exist_ok=True)
    (project / "ops/setup/requirements/some.txt").rename(project / folder / "some.txt")
    known = {("one", "1.0"): [advisory("one", "PYSEC-1", "1.1", "1.2", aliases=("CVE-1",))]}
    with serving(OsvServer(known)) as server, audited_with(server.url):
        assert not audit(project, progress)

    assert "one 1.0 has PYSEC-1, CVE-1; fixed in 1.1, 1.2" in capsys.readouterr().err
    figures.count("vulnerable pins found")


@pytest.mark.parametrize("line", ["one>=1.0\n", "one==1.0\n", "no requirement\n"])
def test_what_is_not_pinned_fails(line: str, project: Path, progress: Progress) -> None:
    (project / "ops/setup/requirements/some.txt").write_text(PINS + line)
    refused = pytest.raises(OpsError, match=r"pip-audit failed on some\.txt: ")
    with serving(OsvServer()) as server, audited_with(server.url), refused as error:
        audit(project, progress)

    assert not isinstance(error.value, SkippedError)


@pytest.mark.proof("supply chain")
def test_without_an_answer_of_the_database_the_check_is_skipped(
    project: Path, said: StringIO, progress: Progress, figures: Figures
) -> None:
    check = Check("audit", lambda: audit(project, progress))

    with audited_with("http://127.0.0.1:9/v1/query"):
        assert run_checks([check], progress) == 0

    lines = said.getvalue().splitlines()
    assert "not audited: some.txt. The vulnerability database did not answer" in lines[-4]
    assert lines[-3].endswith("audit: SKIPPED")
    assert lines[-2].endswith("skipped, neither passed nor failed: audit")
    assert lines[-1].endswith("0 of 1 checks passed, none failed")
    figures.count("databases without an answer reported")


@pytest.mark.proof("supply chain")
@pytest.mark.parametrize(
    ("server", "reason"),
    [(OsvServer(status=503), "503"), (OsvServer(blocked=threading.Event()), "Read timed out")],
    ids=["broken", "silent"],
)
def test_a_database_that_is_broken_or_silent_did_not_answer(
    server: OsvServer,
    reason: str,
    project: Path,
    progress: Progress,
    figures: Figures,
) -> None:
    refused = pytest.raises(SkippedError, match=rf"not audited: some\.txt\. The .* did not answer: .*{reason}")
    with serving(server), audited_with(server.url, seconds=2), refused:
        audit(project, progress)
    figures.count("databases without an answer reported")


@pytest.mark.slow
@pytest.mark.proof("supply chain")
def test_every_pin_of_the_project_is_looked_up(figures: Figures, tmp_path: Path) -> None:
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    write_ignored(tmp_path, "ignored = []")
    with serving(OsvServer()) as server, audited_with(server.url):
        assert audit(tmp_path, Progress(StringIO()))

    files = [path for folder in FOLDERS for path in (ROOT / folder).glob("*.txt")]
    pins = [pin for path in files for pin in read_pins(path) if pin.applies]
    asked = set(server.asked)
    assert asked == {(pin.name, pin.version) for pin in pins}
    assert len(asked) > 150
    figures.tried("pins looked up in the audit's database, a server on loopback", len(asked))
