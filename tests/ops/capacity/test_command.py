"""The command line, what it refuses, and the documents that it writes."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace as replace_settings

from ops.capacity.__main__ import asked, main
from ops.capacity.document import documents
from ops.capacity.drawing import Bar, chart
from ops.capacity.figures import bar, dollars, number
from ops.capacity.report import report
from ops.project.errors import OpsError
from ops.project.paths import ROOT
from tests.support.sample import ENVIRONMENT, SAMPLE

FLEET = [ENVIRONMENT, "--devices", "1000", "--interval", "60"]


def lines(*more: str) -> list[str]:
    ours = asked([*FLEET, *more], SAMPLE)
    assert ours is not None
    return list(report(ours))


def test_the_report_tells_bill_limits_and_comparison() -> None:
    text = "\n".join(lines())

    assert "dev: 1,000 devices, a reading each 60 s, 1 in a request" in text
    for service in ("API Gateway", "Lambda", "SQS", "DynamoDB", "CloudWatch Logs", "X-Ray", "KMS", "Data transfer"):
        assert re.search(rf"^  {service} +\$", text, re.MULTILINE), service
    assert "limits: Lambda concurrency of the account comes first" in text
    assert "the floor: two writes" in text
    assert re.search(r"^  batches of [\d.]+ messages \([\d.]+ readings\), ", text, re.MULTILINE)
    assert "assumed, not measured on AWS (--ingestion-milliseconds)" in text


def test_the_report_tells_what_to_change() -> None:
    text = "\n".join(lines("--peak", "100"))

    assert re.search(r"^limits: .* is hit$", text, re.MULTILINE)
    assert re.search(
        r"HIT .* API throttle of the settings: 1,667 of 1,000 requests/s\n +-> api.throttling_rate_limit", text
    )


def test_the_seeds_functions_are_priced_with_as_many_in_a_request() -> None:
    text = "\n".join(lines("--batch", "100"))

    assert re.search(r"^  the seed's functions, 100 a request +\$[\d.]+ .* ours is 0\.\d\d of it$", text, re.MULTILINE)


def test_given_durations_are_told_as_given() -> None:
    assert any("ingestion: 120 ms each, as given" in line for line in lines("--ingestion-milliseconds", "120"))


def test_a_queue_that_grows_is_told() -> None:
    text = "\n".join(lines("--processor-milliseconds", "900000"))

    assert "later and later: the queue grows" in text


def test_everything_wrong_is_told_at_once() -> None:
    wrong = ["nowhere", "--devices", "0", "--interval", "-1", "--batch", "0", "--peak", "0.5", "--failure-rate", "1"]

    with pytest.raises(OpsError) as refused:
        asked(wrong, SAMPLE)

    text = str(refused.value)
    assert "there is no environment 'nowhere' under envs/; there are: dev" in text
    for part in (
        "--devices 0: allowed is from 1 to 10000000000",
        "--interval -1: allowed is from 0.001 to 2592000",
        "--batch 0: allowed is from 1",
        "--peak 0.5: allowed is from 1",
        "--failure-rate 1: allowed is from 0 to 0.5",
    ):
        assert part in text


def test_a_batch_is_held_against_the_settings() -> None:
    with pytest.raises(OpsError, match=r"--batch 101: allowed is from 1 to 100, config.batch_size of dev"):
        asked([*FLEET, "--batch", "101"], SAMPLE)


@pytest.mark.parametrize("interval", ["nan", "inf", "0"])
def test_an_interval_is_a_time(interval: str) -> None:
    with pytest.raises(OpsError, match=f"--interval {interval}"):
        asked([ENVIRONMENT, "--devices", "1", "--interval", interval], SAMPLE)


def test_what_is_no_number_and_what_is_too_large_is_told_at_once() -> None:
    wrong = [ENVIRONMENT, "--devices", "many", "--interval", "1e-300", "--batch", "0", "--peak", "1e400"]

    with pytest.raises(OpsError) as refused:
        asked([*wrong, "--sensor-values", "9" * 400, "--receive-milliseconds", "1e-320"], SAMPLE)

    assert str(refused.value).split("\n       ") == [
        "--devices many: a whole number is needed",
        "--interval 1e-300: allowed is from 0.001 to 2592000",
        "--batch 0: allowed is from 1 to 100",
        "--peak inf: allowed is from 1 to 1000",
        f"--sensor-values {'9' * 40}...: allowed is from 1 to 100",
        "--receive-milliseconds 9.99989e-321: allowed is from 0.001 to 900000",
    ]


def test_the_bounds_themselves_are_worked_out() -> None:
    for interval in ("0.001", "2592000"):
        for devices in ("1", "10000000000"):
            least = ["--ingestion-milliseconds", "0.001", "--processor-milliseconds", "0.001"]
            for more in (["--peak", "1000"], least, ["--sensor-values", "100", "--receive-milliseconds", "900000"]):
                ours = asked([ENVIRONMENT, "--devices", devices, "--interval", interval, *more], SAMPLE)
                assert ours is not None
                assert list(report(ours))


def test_what_is_missing_is_named() -> None:
    with pytest.raises(OpsError, match="missing: devices, interval"):
        asked([ENVIRONMENT], SAMPLE)


def test_an_empty_number_is_refused_by_its_variable() -> None:
    with pytest.raises(OpsError, match=r"^DEVICES=: a whole number is needed\n +PEAK=: a number is needed$"):
        asked([ENVIRONMENT, "--devices=", "--interval=60", "--peak= "], SAMPLE)


def test_each_figure_says_whose_prices_it_is_of_where_the_region_is_another() -> None:
    ours = asked(FLEET, SAMPLE)
    assert ours is not None
    abroad = list(report(replace(ours, settings=replace_settings(ours.settings, region="eu-central-1"))))

    figures = [figure for line in abroad for figure in re.findall(r"\$[\d.,]+\S*(?: \(us-east-1\))?", line)]
    assert len(figures) > 20
    assert [figure for figure in figures if not figure.endswith(" (us-east-1)")] == []
    assert "  eu-central-1 has prices of its own, which are not known here" in abroad
    assert any("eu-central-1 may have lower ones: Service Quotas shows yours" in line for line in abroad)
    assert "(us-east-1)" not in "\n".join(lines())
    assert "may have lower ones" not in "\n".join(lines())


def test_main_prints(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("ops.capacity.__main__.ROOT", SAMPLE)
    monkeypatch.setattr("sys.argv", ["capacity", *FLEET])

    assert main() == 0
    assert "a million readings" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["docs/scale.md", "docs/scale-cost.svg"])
def test_the_documents_are_current(path: str) -> None:
    assert (ROOT / path).read_text() == documents()[path], "run: make scale"


def test_main_writes_the_documents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr("ops.capacity.__main__.ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["capacity", "--document"])

    assert main() == 0
    assert {path.name for path in (tmp_path / "docs").iterdir()} == {"scale.md", "scale-cost.svg"}


def test_a_chart_is_xml_and_its_bars_are_to_scale() -> None:
    root = ET.fromstring(chart("a < b", [Bar("x", {"one": 1, "two": 3}), Bar("y", {"one": 2})], 2))  # noqa: S314 - our own

    widths = [float(each.attrib["width"]) for each in root.findall(".//{*}rect") if each.attrib.get("height") == "24"]
    assert widths[1] == pytest.approx(3 * widths[0], abs=0.2)
    assert widths[2] == pytest.approx(2 * widths[0], abs=0.2)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1234.5, "1,234"), (99.95, "100.0"), (1.234, "1.23"), (0.01234, "0.0123"), (1e-9, "0.000000")],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(("value", "text"), [(0, "$0"), (1234, "$1,234"), (12.345, "$12.35"), (0.1234, "$0.123")])
def test_dollars(value: float, text: str) -> None:
    assert dollars(value) == text


def test_bars() -> None:
    assert bar(0.5, 4) == "██"
    assert bar(2, 4) == "███▶"
    assert bar(0, 4) == ""
