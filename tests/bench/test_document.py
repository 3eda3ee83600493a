"""The document is what the results render to; nothing in either tells of this machine more than what it can do."""

import json
import re
from pathlib import Path

import pytest

from bench.__main__ import MEASUREMENTS
from bench.document import DOCUMENT, rendered
from bench.results import FOLDER, load_all

OF_OLDER_CODE = re.compile(r"^\*\*Of older code:\*\*.*\n\n", re.MULTILINE)
"""Comes with a change of code, not of results, and with the next rendering: no reason to fail before."""


def test_the_document_is_what_the_results_render_to() -> None:
    assert OF_OLDER_CODE.sub("", DOCUMENT.read_text()) == rendered(load_all(), {})


def test_what_is_told_of_older_code_is_all_that_a_change_of_code_adds() -> None:
    assert OF_OLDER_CODE.sub("", rendered(load_all(), {"warm_path": ["handlers"]})) == rendered(
        {**load_all(), "warm_path": {**load_all()["warm_path"], "sources": {"handlers": "any"}}}, {}
    )


def test_every_measurement_has_its_result_and_no_other_file_is_there() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(MEASUREMENTS)


@pytest.mark.parametrize("path", [DOCUMENT, *sorted(FOLDER.glob("*.json"))], ids=lambda path: path.name)
def test_it_names_no_folder_of_a_machine(path: Path) -> None:
    assert not re.search(r"/(home|root|tmp|work|Users)/", path.read_text())


def test_a_missed_target_says_why() -> None:
    for result in load_all().values():
        for target in result["targets"]:
            assert target["met"] or target["reason"], target


def test_a_change_of_a_result_changes_the_document() -> None:
    results = json.loads(json.dumps(load_all()))
    results["calls"]["tables"][0]["rows"][0][1] = "something else"
    assert rendered(results, {}) != rendered(load_all(), {})
