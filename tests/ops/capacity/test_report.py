"""What the command prints and refuses, and the page that it writes."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as changed

from ops.capacity.demand import Demand, check
from ops.capacity.document import DOCUMENT, write_document
from ops.capacity.report import as_json, dollars, number, report
from ops.capacity.workload import Workload
from ops.cli.command import main
from ops.project.errors import OpsError
from ops.project.paths import ROOT
from tests.support.sample import ENVIRONMENT, SAMPLE


def estimated(devices: int = 1000, interval: float = 60, **demand: Any) -> Workload:
    asked = Demand(devices, interval, **demand)
    return Workload(asked, check(ENVIRONMENT, asked, SAMPLE))


def text(**demand: Any) -> str:
    return "\n".join(report(estimated(1000, **demand)))


def test_the_report_shows_bill_limits_and_comparison() -> None:
    found = text()

    assert "dev: 1,000 devices, a reading each 60 s, 1 in a request" in found
    for service in ("API Gateway", "Lambda", "SQS", "DynamoDB", "CloudWatch Logs", "X-Ray", "KMS", "Data transfer"):
        assert re.search(rf"^  {service} +\$[\d.,]+ +\$[\d.]+$", found, re.MULTILINE), service
    assert "limits: Lambda concurrency of the account comes first, at " in found
    assert "the lower bound: two writes" in found
    assert re.search(r"the seed's design, one reading a request +\$[\d.]+  this pipeline is [01]\.\d+ of it", found)
    assert re.search(r"^  batches of [\d.]+ messages \([\d.]+ readings\)$", found, re.MULTILINE)
    assert "assumed, not measured on AWS (--ingestion-milliseconds)" in found


def test_the_report_says_what_to_change() -> None:
    found = text(peak=100)

    assert re.search(r"^limits: .* is reached$", found, re.MULTILINE)
    assert re.search(
        r"REACHED API throttle of the settings: 1,667 of 1,000 requests/s\n +-> api.throttling_rate_limit", found
    )


def test_the_seeds_functions_are_priced_with_as_many_in_a_request() -> None:
    found = text(batch=100)

    assert re.search(
        r"^  the seed's functions, as many a request +\$[\d.]+  this pipeline is 0\.\d+ of it$", found, re.M
    )


def test_given_durations_are_named_as_given() -> None:
    assert "ingestion: 120 ms each, as given" in text(ingestion_milliseconds=120)


def test_a_queue_that_grows_is_reported() -> None:
    assert "REACHED event source mapping's concurrency" in text(processor_milliseconds=900_000)


def test_everything_wrong_is_reported_at_once() -> None:
    wrong = Demand(0, -1, batch=0, peak=float("inf"), sensor_values=10**400, alerting_devices=1.5)

    with pytest.raises(OpsError) as refused:
        check("nowhere", wrong, SAMPLE)

    lines = str(refused.value).split("\n       ")
    assert lines[0] == "there is no environment 'nowhere' under envs/; there are: dev"
    assert sorted(lines[1:]) == [
        "--alerting-devices 1.5: allowed is from 0 to 1",
        "--batch 0: allowed is from 1 to 100",
        "--devices 0: allowed is from 1 to 10000000000",
        "--interval -1: allowed is from 0.001 to 2592000",
        "--peak inf: allowed is from 1 to 1000",
        f"--sensor-values 1{'0' * 400}: allowed is from 1 to 100",
    ]


def test_a_batch_is_compared_with_the_settings() -> None:
    with pytest.raises(OpsError, match=r"--batch 101: allowed is from 1 to 100, config.batch_size of dev"):
        estimated(batch=101)


def test_readings_of_a_device_are_part_of_the_batch() -> None:
    with pytest.raises(OpsError, match=r"--readings-per-device 6: allowed is from 1 to 5"):
        estimated(batch=5, readings_per_device=6)


@pytest.mark.parametrize("interval", ["nan", "inf", "0"])
def test_an_interval_is_a_time(interval: str) -> None:
    with pytest.raises(OpsError, match=f"--interval {interval}"):
        estimated(interval=float(interval))


@pytest.mark.parametrize("interval", [0.001, 2_592_000])
@pytest.mark.parametrize("devices", [1, 10_000_000_000])
@pytest.mark.parametrize(
    "demand",
    [
        {"peak": 1000},
        {"ingestion_milliseconds": 0.001, "processor_milliseconds": 0.001},
        {"sensor_values": 100, "processor_milliseconds": 900_000},
    ],
)
def test_the_bounds_themselves_are_estimated(devices: int, interval: float, demand: dict[str, Any]) -> None:
    assert list(report(estimated(devices, interval, **demand)))


def test_each_figure_names_its_region_where_the_environment_has_another() -> None:
    here = estimated()
    abroad = list(report(Workload(here.demand, changed(here.settings, region="eu-central-1"))))

    figures = [figure for line in abroad for figure in re.findall(r"\$[\d.,]+\S*(?: \(us-east-1\))?", line)]
    assert len(figures) > 20
    assert [figure for figure in figures if not figure.endswith(" (us-east-1)")] == []
    assert any(line.startswith("  eu-central-1 has prices of its own, which are not known here") for line in abroad)
    assert any("eu-central-1 may have lower ones: Service Quotas shows yours" in line for line in abroad)
    assert "(us-east-1)" not in text()
    assert "may have lower ones" not in text()


def test_programs_get_the_same_figures() -> None:
    found = json.loads(json.dumps(as_json(estimated(devices=3000))))

    assert found["environment"] == ENVIRONMENT
    assert found["demand"]["devices"] == 3000
    assert found["dollars_a_month"]["all"] == pytest.approx(estimated(devices=3000).bill.total)
    assert found["dollars_a_million_readings"]["the lower bound: two writes"] == pytest.approx(1.25)
    assert [each["used"] for each in found["limits"]] == [each["load"] / each["allowed"] for each in found["limits"]]


def test_the_command_prints(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("ops.cli.operating.ROOT", SAMPLE)
    fleet = ["capacity", f"--env={ENVIRONMENT}", "--devices=1000", "--interval=60"]

    assert main(fleet) == 0
    assert "a million readings" in capsys.readouterr().out
    assert main([*fleet, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["demand"]["devices"] == 1000


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([f"--env={ENVIRONMENT}", "--interval=60"], "--devices"),
        ([f"--env={ENVIRONMENT}", "--devices=many", "--interval=60"], "--devices"),
        (["--env=nowhere", "--devices=1", "--interval=60"], "nowhere"),
    ],
)
def test_the_command_names_what_is_missing_or_wrong(
    words: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["capacity", *words]) in (1, 2)
    assert problem in capsys.readouterr().err


def fleets(path: Path) -> dict[tuple[str, ...], float]:
    """Return the dollars for a million readings of each row of a page's first table, by the fleet."""
    rows = [
        re.split(r" *\| *", line)[1:-1] for line in path.read_text().splitlines() if re.match(r"\| [\d,]+ \|", line)
    ]
    return {tuple(row[:3]): float(row[6].lstrip("$")) for row in rows if row[6:] and row[6].startswith("$")}


def test_the_committed_page_has_the_models_figures_roughly(tmp_path: Path) -> None:
    # neither an alarm nor a metric more fails it: those cost cents
    (tmp_path / "docs").mkdir()
    write_document(tmp_path, date(2026, 11, 28))

    written = fleets(tmp_path / DOCUMENT)
    assert len(written) == 7
    assert fleets(ROOT / DOCUMENT) == pytest.approx(written, rel=0.05), "run: make scale"
    assert "written by `make scale` on 2026-11-28" in (tmp_path / DOCUMENT).read_text()


def test_the_command_writes_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr("ops.cli.operating.ROOT", tmp_path)

    assert main(["scale"]) == 0
    assert (tmp_path / DOCUMENT).read_text().startswith("# Scale")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (1234.5, "1,234"), (99.95, "100"), (1.234, "1.23"), (0.01234, "0.0123"), (50, "50")],
)
def test_numbers(value: float, expected: str) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "$0.000"), (1234, "$1,234"), (12.345, "$12.35"), (0.1234, "$0.123")]
)
def test_dollars(value: float, expected: str) -> None:
    assert dollars(value) == expected
