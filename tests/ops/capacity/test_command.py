"""The command line, what it refuses, and the documents that it writes."""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace as replace_settings

from ops.capacity.assumptions import Assumptions
from ops.capacity.demand import Demand
from ops.capacity.document import documents
from ops.capacity.drawing import Bar, chart
from ops.capacity.figures import bar, dollars, number
from ops.capacity.ours import Ours
from ops.capacity.report import report
from ops.cli.command import main
from ops.project.paths import ROOT, find_environment
from tests.support.sample import ENVIRONMENT, SAMPLE

FLEET = ["capacity", f"--env={ENVIRONMENT}", "--devices=1000", "--interval=60"]


@pytest.fixture(autouse=True)
def _on_the_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.cli.operating.ROOT", SAMPLE)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """What the command prints for a fleet."""

    def run(*more: str) -> list[str]:
        assert main([*FLEET, *more]) == 0
        return capsys.readouterr().out.splitlines()

    return run


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """The lines of the error."""

    def run(*words: str) -> list[str]:
        assert main(["capacity", *words]) in (1, 2)
        return [line.strip() for line in capsys.readouterr().err.removeprefix("error: ").splitlines()]

    return run


def test_the_report_tells_bill_limits_and_comparison(lines: Callable[..., list[str]]) -> None:
    text = "\n".join(lines())

    assert "dev: 1,000 devices, a reading each 60 s, 1 in a request" in text
    for service in ("API Gateway", "Lambda", "SQS", "DynamoDB", "CloudWatch Logs", "X-Ray", "KMS", "Data transfer"):
        assert re.search(rf"^  {service} +\$", text, re.MULTILINE), service
    assert "limits: Lambda concurrency of the account comes first" in text
    assert "the floor: two writes" in text
    assert re.search(r"^  batches of [\d.]+ messages \([\d.]+ readings\), ", text, re.MULTILINE)
    assert "assumed, not measured on AWS (--ingestion-milliseconds)" in text


def test_the_report_tells_what_to_change(lines: Callable[..., list[str]]) -> None:
    text = "\n".join(lines("--peak", "100"))

    assert re.search(r"^limits: .* is hit$", text, re.MULTILINE)
    assert re.search(
        r"HIT .* API throttle of the settings: 1,667 of 1,000 requests/s\n +-> api.throttling_rate_limit", text
    )


def test_the_seeds_functions_are_priced_with_as_many_in_a_request(lines: Callable[..., list[str]]) -> None:
    text = "\n".join(lines("--batch", "100"))

    assert re.search(r"^  the seed's functions, 100 a request +\$[\d.]+ .* ours is 0\.\d\d of it$", text, re.MULTILINE)


def test_given_durations_are_told_as_given(lines: Callable[..., list[str]]) -> None:
    assert any("ingestion: 120 ms each, as given" in line for line in lines("--ingestion-milliseconds", "120"))


def test_a_queue_that_grows_is_told(lines: Callable[..., list[str]]) -> None:
    text = "\n".join(lines("--processor-milliseconds", "900000"))

    assert "later and later: the queue grows" in text


def test_everything_wrong_is_told_at_once(refused: Callable[..., list[str]]) -> None:
    wrong = ["--devices=0", "--interval=-1", "--batch=0", "--peak=0.5", "--failure-rate=1"]

    assert refused(f"--env={ENVIRONMENT}", *wrong) == [
        "--devices 0: allowed is from 1 to 10000000000",
        "--interval -1: allowed is from 0.001 to 2592000",
        "--batch 0: allowed is from 1 to 100",
        "--peak 0.5: allowed is from 1 to 1000",
        "--failure-rate 1: allowed is from 0 to 0.5",
    ]


def test_an_environment_that_does_not_exist_is_named(refused: Callable[..., list[str]]) -> None:
    (line,) = refused("--env=nowhere", "--devices=1", "--interval=1")

    assert line == "there is no environment 'nowhere' under envs/; there are: dev"


def test_a_batch_is_held_against_the_settings(refused: Callable[..., list[str]]) -> None:
    (line,) = refused(*FLEET[1:], "--batch=101")

    assert line == "--batch 101: allowed is from 1 to 100, config.batch_size of dev"


@pytest.mark.parametrize("interval", ["nan", "inf", "0"])
def test_an_interval_is_a_time(interval: str, refused: Callable[..., list[str]]) -> None:
    (line,) = refused(f"--env={ENVIRONMENT}", "--devices=1", f"--interval={interval}")

    assert line.startswith(f"--interval {interval}: allowed is from")


def test_what_is_no_number_is_told_at_once(refused: Callable[..., list[str]]) -> None:
    wrong = ["--devices=many", "--interval=x", "--batch=1.5", "--peak= ", f"--sensor-values={'9' * 400}"]

    assert refused(f"--env={ENVIRONMENT}", *wrong) == [
        "--devices=many: a whole number is needed",
        "--interval=x: a number is needed",
        "--batch=1.5: a whole number is needed",
        "--peak= : it is empty; leave it out, or give a value",
        f"--sensor-values={'9' * 40}...: a whole number is needed",
    ]


def test_what_is_too_large_or_too_small_is_told_at_once(refused: Callable[..., list[str]]) -> None:
    wrong = ["--devices=1", "--interval=1e-300", "--peak=1e400", "--receive-milliseconds=1e-320"]

    assert refused(f"--env={ENVIRONMENT}", *wrong, f"--sensor-values={'9' * 39}") == [
        "--interval 1e-300: allowed is from 0.001 to 2592000",
        "--peak inf: allowed is from 1 to 1000",
        f"--sensor-values {'9' * 39}: allowed is from 1 to 100",
        "--receive-milliseconds 9.99989e-321: allowed is from 0.001 to 900000",
    ]


def test_the_bounds_themselves_are_worked_out(lines: Callable[..., list[str]]) -> None:
    for interval in ("0.001", "2592000"):
        for devices in ("1", "10000000000"):
            shortest = ["--ingestion-milliseconds=0.001", "--processor-milliseconds=0.001"]
            for more in (["--peak=1000"], shortest, ["--sensor-values=100", "--receive-milliseconds=900000"]):
                assert main([*FLEET[:2], f"--devices={devices}", f"--interval={interval}", *more]) == 0
    assert lines()


def test_what_is_missing_is_named(refused: Callable[..., list[str]]) -> None:
    assert refused(f"--env={ENVIRONMENT}") == ['Command "capacity" parameter --devices requires an argument.']


def test_each_figure_says_whose_prices_it_is_of_where_the_region_is_another(lines: Callable[..., list[str]]) -> None:
    settings = replace_settings(find_environment(SAMPLE, ENVIRONMENT), region="eu-central-1")
    abroad = list(report(Ours(Demand(1000, 60), settings, Assumptions())))

    figures = [figure for line in abroad for figure in re.findall(r"\$[\d.,]+\S*(?: \(us-east-1\))?", line)]
    assert len(figures) > 20
    assert [figure for figure in figures if not figure.endswith(" (us-east-1)")] == []
    assert "  eu-central-1 has prices of its own, which are not known here" in abroad
    assert any("eu-central-1 may have lower ones: Service Quotas shows yours" in line for line in abroad)
    assert "(us-east-1)" not in "\n".join(lines())
    assert "may have lower ones" not in "\n".join(lines())


@pytest.mark.parametrize("path", ["docs/scale.md", "docs/scale-cost.svg"])
def test_the_documents_are_current(path: str) -> None:
    assert (ROOT / path).read_text() == documents()[path], "run: make scale"


def test_the_documents_are_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr("ops.cli.operating.ROOT", tmp_path)

    assert main(["scale"]) == 0
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
