"""The checkov gate cannot be green on nothing, and lets nothing through without a reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from ops.checks.gate import Expectations, ExpectationsError, Requirement, Suppression, judge, read_expectations
from ops.checks.sarif import mark_suppressed
from ops.checks.scan_report import Finding, Report, ReportError, read_files_report, read_plan_report, resource_at

ROOT = Path(__file__).parents[3]
EXPECTED = Expectations(
    suppressed=(Suppression(check="CKV_1", reason="because", files=("modules/a x.y",)),),
    required=(Requirement(check="CKV_2", files=("modules/a x.y",)),),
    unparsed=("versions.tf.json",),
)
GOOD = Report(
    frozenset({Finding("CKV_2", "modules/a x.y")}),
    {Finding("CKV_1", "modules/a x.y"): "Ensure one"},
    ("modules/a/versions.tf.json",),
)


def test_what_is_expected_passes() -> None:
    verdict = judge(GOOD, EXPECTED, "files")

    assert (verdict.passed, verdict.suppressed, verdict.problems) == (1, 1, ())


def test_a_scan_of_nothing_fails() -> None:
    verdict = judge(Report(frozenset(), {}, ()), EXPECTED, "files")

    assert verdict.problems == (
        "unused suppression: CKV_1 on modules/a x.y",
        "did not run: CKV_2 should have passed on modules/a x.y",
    )


def test_a_failed_check_and_an_unread_file_fail() -> None:
    report = Report(GOOD.passed, {**GOOD.failed, Finding("CKV_3", "modules/a x.z"): "Ensure three"}, ("main.tf.json",))

    assert judge(report, EXPECTED, "files").problems == (
        "failed: CKV_3 on modules/a x.z: Ensure three",
        "checkov cannot read main.tf.json",
    )


def test_a_suppression_counts_for_its_own_scan_only() -> None:
    report = Report(frozenset(), {Finding("CKV_1", "modules/a x.y"): "Ensure one"}, ())

    assert judge(report, EXPECTED, "plan").problems == ("failed: CKV_1 on modules/a x.y: Ensure one",)


def test_output_without_results_is_refused() -> None:
    with pytest.raises(ReportError, match="checkov judged nothing"):
        read_plan_report('{"passed": 0, "failed": 0}', ROOT)
    with pytest.raises(ReportError, match="checkov judged nothing"):
        read_plan_report("no JSON", ROOT)


def test_resources_are_named_by_their_place(tmp_path: Path) -> None:
    folder = tmp_path / "modules" / "a"
    folder.mkdir(parents=True)
    body = {"//": "x", "resource": {"aws_sqs_queue": {"first": {"name": "a"}, "second": {"name": "b"}}}}
    (folder / "main.tf.json").write_text(json.dumps(body, indent=2))
    line = next(n for n, text in enumerate(json.dumps(body, indent=2).splitlines(), 1) if '"b"' in text)
    check: dict[str, Any] = {"check_id": "CKV_1", "check_name": "Ensure", "file_path": "/modules/a/main.tf.json"}
    results = {"passed_checks": [], "failed_checks": [{**check, "file_line_range": [line, line]}]}

    report = read_files_report(json.dumps({"results": {**results, "parsing_errors": []}}), tmp_path)

    assert set(report.failed) == {Finding("CKV_1", "modules/a aws_sqs_queue.second")}


def test_a_line_outside_every_block_is_named_as_unknown(tmp_path: Path) -> None:
    (tmp_path / "main.tf.json").write_text("{}\n")

    assert resource_at(tmp_path, "main.tf.json", 1) == ". ?.?"


def test_a_plan_names_its_resources_itself() -> None:
    check = {"check_id": "CKV_1", "check_name": "Ensure", "resource": "module.api.aws_api_gateway_stage.this"}
    results = {"passed_checks": [check], "failed_checks": [], "parsing_errors": []}

    report = read_plan_report(json.dumps({"results": results}), ROOT)

    assert report.passed == {Finding("CKV_1", "module.api.aws_api_gateway_stage.this")}


def test_suppressed_results_carry_their_reason_in_sarif(tmp_path: Path) -> None:
    folder = tmp_path / "modules" / "a"
    folder.mkdir(parents=True)
    (folder / "main.tf.json").write_text(json.dumps({"resource": {"x": {"y": {"name": "a"}}}}, indent=2))
    location = {"artifactLocation": {"uri": "modules/a/main.tf.json"}, "region": {"startLine": 5}}
    results = [{"ruleId": check, "locations": [{"physicalLocation": location}]} for check in ("CKV_1", "CKV_2")]

    marked = json.loads(mark_suppressed(json.dumps({"runs": [{"results": results}]}), tmp_path, EXPECTED))

    first, second = marked["runs"][0]["results"]
    assert first["suppressions"] == [{"kind": "external", "justification": "because"}]
    assert "suppressions" not in second


def test_the_committed_expectations_give_a_reason_each() -> None:
    expectations = read_expectations()

    assert all(len(entry.reason) > 20 and (entry.files or entry.plan) for entry in expectations.suppressed)
    assert expectations.required


@pytest.mark.parametrize(
    "text", ["suppressed = 1", "not toml", "suppressed = []\nrequired = []\nunparsed = []\nmore = 1"]
)
def test_faulty_expectations_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "expectations.toml").write_text(text)

    with pytest.raises(ExpectationsError, match=r"expectations\.toml"):
        read_expectations(tmp_path / "expectations.toml")
