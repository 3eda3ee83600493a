"""The limits, their order, and what reaches them."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.settings import EnvironmentSettings
from ops.capacity.demand import Demand
from ops.capacity.published import limit, read
from ops.capacity.utilization import Utilization, cells, utilizations
from ops.capacity.workload import Workload
from ops.project.paths import ROOT
from tests.ops.capacity.conftest import MakeWorkload

SCHEMA = ROOT / "envs" / "settings.schema.json"
API = "API throttle of the settings"
ACCOUNT_API = "API throttle of the account"


def named(workload: Workload, name: str) -> Utilization:
    return next(each for each in utilizations(workload) if each.name == name)


@pytest.mark.parametrize("name", sorted(read("limits.toml")))
def test_each_limit_names_its_source(name: str) -> None:
    found = read("limits.toml")[name]

    assert found["source"].startswith("https://docs.aws.amazon.com/")
    assert found["read"].startswith("20")
    assert found["value"] > 0
    assert found["unit"]
    assert ("quota_code" in found) == ("service_code" in found)


def test_each_text_is_of_a_limit_and_says_how_it_grows(workload: MakeWorkload) -> None:
    texts = read("utilization.toml")

    assert {each.name for each in utilizations(workload(100_000, 100))} == set(texts)
    for name, text in texts.items():
        assert ("quota" in text) == ("growth" in text), name
        assert text.get("growth", "never") in ("by itself", "on request", "never"), name
        if text.get("growth") == "on request":
            assert read("limits.toml")[text["quota"]]["adjustable"], name


@given(
    devices=st.integers(min_value=1, max_value=100_000_000),
    batch=st.integers(min_value=1, max_value=100),
    interval=st.sampled_from([0.1, 1, 60, 3600]),
)
def test_the_first_limit_is_used_most(devices: int, batch: int, interval: float) -> None:
    found = utilizations(Workload(Demand(devices, interval, batch), EnvironmentSettings(environment="test")))

    used = [each.used for each in found]
    assert used == sorted(used, reverse=True)
    assert used == [each.load / each.allowed for each in found]
    assert len({each.name for each in found}) == len(found)


def test_the_throttle_by_hand(workload: MakeWorkload) -> None:
    # 30,000 readings a minute alone in their requests are 500 a second, and 1,000 in the busiest one
    found = named(workload(30_000), API)

    assert (found.load, found.allowed, found.used) == (1000, 1000, 1)
    assert named(workload(30_001), API).used > 1
    assert "api.throttling_rate_limit" in found.change


def test_concurrency_by_hand(workload: MakeWorkload) -> None:
    # 500 requests a second of 0.4 s each; each second of short ones counts as a tenth at least
    slow = named(workload(30_000, peak=1, ingestion_milliseconds=400), "ingestion's reserved concurrency")
    quick = named(workload(30_000, peak=1, ingestion_milliseconds=20), "ingestion's reserved concurrency")

    assert slow.load == pytest.approx(200)
    assert "functions.ingestion.reserved_concurrency to 200" in slow.change
    assert quick.load == pytest.approx(50)


def test_the_mapping_by_hand(workload: MakeWorkload) -> None:
    # 1,000 readings a second are 100 messages, a full batch, collected in ten receives of 20 ms, processed in 19.8 s
    found = named(workload(60_000, 100, peak=1, processor_milliseconds=19_800), "event source mapping's concurrency")

    assert found.load == pytest.approx(20)
    assert found.allowed == 90


def test_tables_by_hand(workload: MakeWorkload) -> None:
    # 1,000 readings a second, each an item of each table
    found = workload(60_000, 100, peak=1)

    assert named(found, "writes of a new table").load == pytest.approx(1000)
    assert named(found, "writes of a table").quota_code == "L-AB614373"
    assert named(workload(1, interval=0.001, peak=2), "writes of one device").used > 1


def test_large_items_take_more_writes(workload: MakeWorkload) -> None:
    # items of 100 numbers are some 2 KB: 1,000 readings a second are 3,000 units of the raw table, and of the other
    found = workload(60_000, 10, peak=1, sensor_values=100)
    raw, processed = found.sizes.write_units

    assert min(raw, processed) >= 2
    assert named(found, "writes of a new table").load == pytest.approx(1000 * max(raw, processed))
    assert found.bill.a_second["dynamodb.write_units"] == pytest.approx(1000 * (raw + processed))
    shared = workload(60_000, 10, peak=1, sensor_values=100, readings_per_device=10)
    assert named(shared, "writes of one device").load == pytest.approx(10 * max(raw, processed))


def test_requests_over_the_burst_are_not_a_limit_of_a_second(workload: MakeWorkload) -> None:
    # 6,667 requests in the busiest second: more than the account's burst, less than its rate
    found = workload(100_000_000, 100, interval=300)

    assert named(found, ACCOUNT_API).load == pytest.approx(6_667, abs=1)
    assert limit("api_gateway.burst") < 6_667 < limit("api_gateway.rate")
    assert named(found, ACCOUNT_API).used < 1
    assert not any("burst" in each.name for each in utilizations(found))


def test_a_raised_rate_takes_as_many_cells(workload: MakeWorkload) -> None:
    # 33,333 requests in the busiest second, and the settings' rate ends at 10,000
    assert cells(utilizations(workload(1_000_000)), is_raised=True) == 4


def test_cells_grow_with_the_fleet(workload: MakeWorkload) -> None:
    small, large = (utilizations(workload(devices, 100)) for devices in (1000, 100_000_000))

    assert [cells(small, is_raised=is_raised) for is_raised in (False, True)] == [1, 1]
    assert cells(large, is_raised=False) > cells(large, is_raised=True) > 1


def test_alert_states_are_read_from_eight_partitions(workload: MakeWorkload) -> None:
    found = workload(100_000, 100, peak=1)

    # a query of a partition is 3.906 units and a half, once for each batch
    assert named(found, "reads of alert states").load == pytest.approx(4.406 * found.polling.batches, rel=0.001)


def test_messages_in_flight_by_hand(workload: MakeWorkload) -> None:
    # 1,000 messages a second, for the window of a second and 3 s of processing
    found = workload(60_000, peak=1, processor_milliseconds=3000)

    assert named(found, "messages in flight").load == pytest.approx(4000)


def test_a_single_reading_needs_no_parameter_of_ingestion(workload: MakeWorkload) -> None:
    single, many = (named(workload(60_000 * batch, batch, peak=1), "parameters read after rest") for batch in (1, 2))

    assert many.load > single.load + 50


def test_changes_name_settings_that_exist(workload: MakeWorkload) -> None:
    text = json.dumps(json.loads(SCHEMA.read_text()))
    for each in utilizations(workload(1_000_000)):
        for word in each.change.replace(",", " ").replace(";", " ").replace("(", " ").replace(")", " ").split():
            if word.startswith(("functions.", "api.", "config.")):
                for part in word.split("."):
                    assert f'"{part}"' in text, word


def test_the_busiest_second_counts(workload: MakeWorkload) -> None:
    calm = workload(10_000, peak=1)
    busy = Workload(replace(calm.demand, peak=3), calm.settings)

    assert named(busy, API).used == pytest.approx(3 * named(calm, API).used)
    assert math.isclose(busy.bill.total, calm.bill.total)
