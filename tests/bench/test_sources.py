"""A result stores digests of the code that it measured, and the document says where the code has changed since."""

from pathlib import Path
from typing import Any

import pytest

from bench.__main__ import MEASUREMENTS
from bench.document import rendered
from bench.results import SOURCES, Result, changes_since, digests, load_all, store
from ops.project.paths import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("handlers/domain/reading.py", "ops/setup/requirements/layer.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("as it was")
    return tmp_path


def measured(project: Path) -> dict[str, Any]:
    """A result of the project as it is."""
    return {"warm_path": {"sources": digests("warm_path", project)}}


def test_the_sources_of_every_measurement_exist() -> None:
    assert {*SOURCES} == {*MEASUREMENTS} - {"calls", "developing"}
    assert all((ROOT / source).exists() for sources in SOURCES.values() for source in sources)


def test_nothing_has_changed(project: Path) -> None:
    assert changes_since(measured(project), project) == {}


@pytest.mark.parametrize("name", ["handlers/domain/reading.py", "handlers/new.py"])
def test_what_changed_is_named(project: Path, name: str) -> None:
    results = measured(project)
    (project / name).write_text("as it is")

    assert changes_since(results, project) == {"warm_path": ["handlers"]}


def test_a_file_that_changed_is_named(project: Path) -> None:
    results = measured(project)
    (project / "ops/setup/requirements/layer.txt").write_text("as it is")

    assert changes_since(results, project) == {"warm_path": ["ops/setup/requirements/layer.txt"]}


@pytest.mark.parametrize("name", ["handlers/reading.pyc", "handlers/.terraform/lock.json"])
def test_what_nobody_wrote_is_no_change(project: Path, name: str) -> None:
    results = measured(project)
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("made")

    assert changes_since(results, project) == {}


def test_a_result_is_stored_with_the_digests_of_what_it_measured(tmp_path: Path) -> None:
    store(Result("warm_path", {}), tmp_path)

    stored = load_all(tmp_path)
    assert stored["warm_path"]["sources"] == digests("warm_path")
    assert stored["warm_path"]["machine"].keys() == {"processor", "memory", "system", "Python"}
    assert changes_since(stored) == {}


def test_the_document_names_what_changed_since() -> None:
    results = load_all()
    results["warm_path"]["sources"] = {**digests("warm_path"), "handlers": "another"}

    changes = changes_since({"warm_path": results["warm_path"]})

    assert changes == {"warm_path": ["handlers"]}
    assert "**Of older code:** measured before the last change of `handlers`." in rendered(results, changes)


def test_the_document_says_where_no_code_was_stored() -> None:
    results = load_all()
    results["warm_path"].pop("sources", None)

    assert changes_since({"warm_path": results["warm_path"]}) == {}
    unrecorded = "**Of unrecorded code:** which state of `handlers`, `ops/setup/requirements/layer.txt`"
    assert unrecorded in rendered(results, {})
