"""A result knows which code it measured, and the document tells where that is no longer today's."""

from pathlib import Path

import pytest

from bench.__main__ import MEASUREMENTS
from bench.document import changes_since, rendered
from bench.results import Result, load_all, store
from bench.sources import SOURCES, changed, digests
from ops.project.paths import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("handlers/domain/reading.py", "ops/setup/requirements/layer.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("as it was")
    return tmp_path


def test_every_measurement_of_some_code_has_sources_that_there_are() -> None:
    assert {*SOURCES} == {*MEASUREMENTS} - {"calls", "developing"}
    assert all((ROOT / source).exists() for sources in SOURCES.values() for source in sources)


def test_nothing_has_changed(project: Path) -> None:
    assert changed("warm_path", digests("warm_path", project), project) == []


@pytest.mark.parametrize("name", ["handlers/domain/reading.py", "handlers/new.py"])
def test_what_changed_is_named(project: Path, name: str) -> None:
    measured = digests("warm_path", project)
    (project / name).write_text("as it is")

    assert changed("warm_path", measured, project) == ["handlers"]


@pytest.mark.parametrize("name", ["handlers/reading.pyc", "handlers/.terraform/lock.json"])
def test_what_nobody_wrote_is_no_change(project: Path, name: str) -> None:
    measured = digests("warm_path", project)
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("made")

    assert changed("warm_path", measured, project) == []


def test_a_result_is_kept_with_the_digests_of_what_it_measured(tmp_path: Path) -> None:
    store(Result("warm_path", {}, []), tmp_path)

    kept = load_all(tmp_path)
    assert kept["warm_path"]["sources"] == digests("warm_path")
    assert changes_since(kept) == {}


def test_the_document_tells_what_changed_since() -> None:
    results = load_all()
    results["warm_path"]["sources"] = {**digests("warm_path"), "handlers": "another"}

    changes = changes_since({"warm_path": results["warm_path"]})

    assert changes == {"warm_path": ["handlers"]}
    assert "**Of older code:** measured before the last change of `handlers`." in rendered(results, changes)


def test_the_document_tells_where_the_code_was_not_recorded() -> None:
    results = load_all()
    results["warm_path"].pop("sources", None)

    assert changes_since({"warm_path": results["warm_path"]}) == {}
    unrecorded = "**Of unrecorded code:** which state of `handlers`, `ops/setup/requirements/layer.txt`"
    assert unrecorded in rendered(results, {})
