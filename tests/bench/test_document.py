"""The document shows the stored results; neither says more of this machine than its hardware and versions."""

import json
import re
from pathlib import Path

import pytest

from bench.__main__ import MEASUREMENTS
from bench.document import DOCUMENT, rendered
from bench.results import FOLDER, load_all

OF_OLDER_CODE = re.compile(r"^\*\*Of older code:\*\*.*\n\n", re.MULTILINE)
"""Appears with a change of code and the next rendering, not with a change of results: no reason to fail before."""


def test_the_document_shows_the_stored_results() -> None:
    assert OF_OLDER_CODE.sub("", DOCUMENT.read_text()) == rendered(load_all(), {})


def test_a_change_of_code_adds_one_paragraph() -> None:
    assert OF_OLDER_CODE.sub("", rendered(load_all(), {"warm_path": ["handlers"]})) == rendered(
        {**load_all(), "warm_path": {**load_all()["warm_path"], "sources": {"handlers": "any"}}}, {}
    )


def test_every_measurement_has_its_result_and_no_other_file_is_there() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(MEASUREMENTS)


def test_every_measurement_has_a_section() -> None:
    assert re.findall(r"^## .*: `make bench WHAT=(\w+)`$", DOCUMENT.read_text(), re.MULTILINE) == [*MEASUREMENTS]


@pytest.mark.parametrize("path", [DOCUMENT, *sorted(FOLDER.glob("*.json"))], ids=lambda path: path.name)
def test_it_names_no_folder_of_a_machine(path: Path) -> None:
    assert not re.search(r"/(home|root|tmp|work|Users)/", path.read_text())


def test_a_missed_target_gives_the_reason() -> None:
    targets = re.findall(r"^\| .* \| .* \| (met|\*\*missed\*\*.*) \|$", DOCUMENT.read_text(), re.MULTILINE)

    assert len(targets) == 15
    assert [target for target in targets if target != "met" and not re.match(r"\*\*missed\*\*: .+\.$", target)] == []


def test_a_change_of_a_result_changes_the_document() -> None:
    results = json.loads(json.dumps(load_all()))
    results["calls"]["samples"]["this project, 1 per request"]["dynamodb:PutItem"] = 999
    assert rendered(results, {}) != rendered(load_all(), {})
