"""The vulnerability audit finds what a database knows, is green on nothing, and says aloud where it could not look."""

import shutil
import threading
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from ops.checks.audit import FOLDERS, audit
from ops.checks.audit_verdict import expired, problems, unused
from ops.checks.checks import Check, run_checks
from ops.checks.ignored_vulnerabilities import IGNORED_FILE, Ignored, read_ignored
from ops.checks.vulnerability_database import Answer, Database, Finding
from ops.project.errors import OpsError, SkippedError
from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.setup.pins import Pin, read_pins
from tests.proofs.supply_chain.stand_in import KNOWN, StandIn, advisory, serving
from tests.support.proving import Figures

PINS = "one==1.0 \\\n    --hash=sha256:aa\ntwo==2.0 ; sys_platform != 'none' \\\n    --hash=sha256:bb\n"
PINNED = [
    Pin("one", "1.0", applies=True, hashes=()),
    Pin("two", "2.0", applies=True, hashes=()),
    Pin("elsewhere", "3.0", applies=False, hashes=()),
]
IGNORED = (
    Ignored(
        advisory="CVE-2026-1",
        package="one",
        reason="The function at fault is never called.",
        expires=date(2026, 6, 30),
    ),
)


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy stands between pip-audit and loopback."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "ops" / "setup" / "requirements").mkdir(parents=True)
    (tmp_path / "ops" / "setup" / "requirements" / "some.txt").write_text(PINS)
    empty(tmp_path)
    return tmp_path


def empty(project: Path) -> None:
    """Ignore nothing."""
    path = project / IGNORED_FILE
    path.parent.mkdir()
    path.write_text("ignored = []")


def judged(*findings: Finding) -> list[str]:
    """What speaks against the pins where the database answers so, by the ignored advisories of a project."""
    answers = {"some.txt": Answer(frozenset({("one", "1.0"), ("two", "2.0")}), findings)}
    return list(problems(answers, {"some.txt": PINNED}, IGNORED))


def test_pins_without_a_finding_pass() -> None:
    assert judged() == []


def test_a_finding_that_nothing_mends_yet_says_so() -> None:
    assert judged(Finding("two", "2.0", "GHSA-1")) == ["some.txt: two 2.0 has GHSA-1, not fixed in any version yet"]


def test_an_ignored_finding_passes_by_its_id_or_an_alias() -> None:
    assert judged(Finding("one", "1.0", "CVE-2026-1")) == []
    assert judged(Finding("one", "1.0", "PYSEC-2026-1", ("CVE-2026-1",))) == []
    assert len(judged(Finding("two", "2.0", "CVE-2026-1"))) == 1


def test_a_package_that_the_database_passes_over_fails() -> None:
    answer = Answer(frozenset({("one", "1.0")}), ())

    assert list(problems({"some.txt": answer}, {"some.txt": PINNED}, ())) == ["some.txt: two 2.0 was not judged"]


def test_an_ignored_advisory_counts_until_the_end_of_its_day() -> None:
    assert list(expired(IGNORED, date(2026, 6, 30))) == []
    assert list(expired(IGNORED, date(2026, 7, 1))) == [
        "ignored.toml: CVE-2026-1 of one is ignored only until 2026-06-30"
    ]


def test_what_is_ignored_for_nothing_fails() -> None:
    found = Answer(frozenset(), (Finding("one", "1.0", "CVE-2026-1"),))

    assert list(unused({"some.txt": found}, IGNORED)) == []
    assert list(unused({}, IGNORED)) == ["ignored.toml: CVE-2026-1 of one is ignored, but nothing needs it"]


def test_an_entry_needs_a_reason_and_a_day(project: Path) -> None:
    path = project / IGNORED_FILE
    path.write_text('[[ignored]]\nadvisory = "a"\npackage = "b"\nreason = "it is"\n')

    with pytest.raises(OpsError) as refused:
        read_ignored(path)
    assert "ignored.0.reason: String should have at least 20 characters" in str(refused.value)
    assert "ignored.0.expires: Field required" in str(refused.value)


def test_an_entry_is_read(project: Path) -> None:
    path = project / IGNORED_FILE
    path.write_text(
        '[[ignored]]\nadvisory = "CVE-2026-1"\npackage = "one"\nexpires = 2026-06-30\n'
        'reason = "The function at fault is never called."\n'
    )

    assert read_ignored(path) == IGNORED


@pytest.mark.proof("supply chain")
@pytest.mark.parametrize("folder", ["ops/setup/requirements", "bench/requirements"])
def test_a_finding_fails_and_names_package_version_advisory_and_what_mends_it(
    folder: str, project: Path, progress: Progress, capsys: pytest.CaptureFixture[str], figures: Figures
) -> None:
    (project / folder).mkdir(parents=True, exist_ok=True)
    (project / "ops/setup/requirements/some.txt").rename(project / folder / "some.txt")
    knows = {**StandIn().advisories, ("one", "1.0"): [advisory("one", "PYSEC-1", "1.1", "1.2", aliases=("CVE-1",))]}
    with serving(StandIn(knows)) as database:
        assert not audit(project, Database(database.url), progress)

    assert f"{folder}/some.txt: one 1.0 has PYSEC-1 (CVE-1), fixed in 1.1, 1.2" in capsys.readouterr().err
    figures.count("vulnerable pins found")


@pytest.mark.proof("supply chain")
def test_a_database_that_does_not_answer_is_a_skip_that_is_told(
    project: Path, said: StringIO, progress: Progress, figures: Figures
) -> None:
    silent = StandIn(blocked=threading.Event())
    broken, ignorant = StandIn(status=503), StandIn({})
    for stand_in, words in ((broken, "503"), (ignorant, "no advisory about jinja2"), (silent, "within 3 seconds")):
        with serving(stand_in) as database:
            asked = Database(database.url, seconds=3 if stand_in is silent else 60)
            with pytest.raises(SkippedError, match=rf"not audited: ops/setup/requirements/some\.txt.*{words}"):
                audit(project, asked, progress)
        figures.count("databases without an answer told, within their time")
    nobody = Database("http://127.0.0.1:9/v1/query")
    assert run_checks([Check("audit", lambda: audit(project, nobody, progress))], progress) == 0
    lines = said.getvalue().splitlines()
    assert "not audited: ops/setup/requirements/some.txt" in lines[-4]
    assert lines[-3].endswith("audit: SKIPPED")
    assert lines[-2].endswith("skipped, so neither good nor bad: audit")
    assert lines[-1].endswith("0 of 1 checks hold, none failed")
    figures.count("databases without an answer told, within their time")


@pytest.mark.slow
@pytest.mark.proof("supply chain")
def test_every_pin_of_the_project_is_asked_for(figures: Figures, tmp_path: Path) -> None:
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    empty(tmp_path)
    with serving(StandIn()) as database:
        assert audit(tmp_path, Database(database.url), Progress(StringIO()))

    files = [path for folder in FOLDERS for path in (ROOT / folder).glob("*.txt")]
    pins = [pin for path in files for pin in read_pins(path) if pin.applies]
    asked = set(database.asked) - {KNOWN}
    assert asked == {(pin.name, pin.version) for pin in pins}
    assert len(asked) > 150
    figures.tried("pins asked of the audit's database, a stand-in on loopback", len(asked))
