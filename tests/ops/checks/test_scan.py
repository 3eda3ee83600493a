"""A scan cannot pass on nothing, and every finding that may fail has a reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from ops.checks.scan import (
    Entry,
    Expectations,
    Report,
    find_problems,
    read_expectations,
    read_report,
    resource_at,
)
from ops.project.errors import OpsError

ROOT = Path(__file__).parents[3]
EXPECTED = Expectations(
    suppressed=(Entry(check="CKV_1", reason="because", files=("modules/a x.y",)),),
    required=(Entry(check="CKV_2", files=("modules/a x.y",)),),
)
GOOD = Report({"CKV_2 on modules/a x.y"}, {"CKV_1 on modules/a x.y": "Ensure one"}, [])


def write_module(folder: Path, body: dict[str, Any]) -> str:
    text = json.dumps(body, indent=2)
    (folder / "modules" / "a").mkdir(parents=True)
    (folder / "modules" / "a" / "main.tf.json").write_text(text)
    return text


def test_what_is_expected_passes() -> None:
    assert find_problems(GOOD, EXPECTED, "files") == []


def test_a_scan_of_nothing_fails() -> None:
    assert find_problems(Report(set(), {}, []), EXPECTED, "files") == [
        "unused suppression: CKV_1 on modules/a x.y",
        "did not run: CKV_2 on modules/a x.y should have passed",
    ]


def test_a_failed_check_and_an_unread_file_fail() -> None:
    report = Report(GOOD.passed, {**GOOD.failed, "CKV_3 on modules/a x.z": "Ensure three"}, ["main.tf.json"])

    assert find_problems(report, EXPECTED, "files") == [
        "failed: CKV_3 on modules/a x.z: Ensure three",
        "checkov cannot read main.tf.json",
    ]


def test_a_suppression_counts_for_its_own_scan_only() -> None:
    report = Report(set(), GOOD.failed, [])

    assert find_problems(report, EXPECTED, "plan") == ["failed: CKV_1 on modules/a x.y: Ensure one"]


@pytest.mark.parametrize("text", ['{"passed": 0, "failed": 0}', "[]", "no JSON", ""])
def test_output_without_results_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(OpsError, match="checkov wrote no results"):
        read_report(text, tmp_path, "plan")


def test_resources_are_named_by_their_place(tmp_path: Path) -> None:
    body = {"//": "x", "resource": {"aws_sqs_queue": {"first": {"name": "a"}, "second": {"name": "b"}}}}
    text = write_module(tmp_path, body)
    line = next(number for number, found in enumerate(text.splitlines(), 1) if '"b"' in found)
    check = {
        "check_id": "CKV_1",
        "check_name": "Ensure",
        "resource": "resource.second",
        "file_path": "/modules/a/main.tf.json",
        "file_line_range": [line, line],
    }
    results = {"passed_checks": [], "failed_checks": [check], "parsing_errors": []}

    report = read_report(json.dumps({"results": results}), tmp_path, "files")

    assert report.failed == {"CKV_1 on modules/a aws_sqs_queue.second": "Ensure"}


def test_a_line_outside_every_block_is_named_as_unknown(tmp_path: Path) -> None:
    (tmp_path / "main.tf.json").write_text("{}\n")

    assert resource_at(tmp_path, "main.tf.json", 1) == ". ?.?"


def test_a_plan_names_its_resources_itself(tmp_path: Path) -> None:
    check = {
        "check_id": "CKV_1",
        "check_name": "Ensure",
        "resource": "module.api.aws_api_gateway_stage.this",
        "file_path": "/plan.json",
        "file_line_range": [0, 0],
    }
    results = {"passed_checks": [check], "failed_checks": [], "parsing_errors": []}

    report = read_report(json.dumps({"results": results}), tmp_path, "plan")

    assert report.passed == {"CKV_1 on module.api.aws_api_gateway_stage.this"}


def test_the_committed_expectations_give_a_reason_each() -> None:
    expectations = read_expectations()

    assert all(len(entry.reason) > 20 and (entry.files or entry.plan) for entry in expectations.suppressed)
    assert all(expectations.must_pass(scan) for scan in ("files", "plan"))


@pytest.mark.parametrize("text", ["suppressed = 1", "not toml", "suppressed = []\nrequired = []\nmore = 1"])
def test_faulty_expectations_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "expectations.toml").write_text(text)

    with pytest.raises(OpsError, match=r"expectations\.toml"):
        read_expectations(tmp_path / "expectations.toml")
