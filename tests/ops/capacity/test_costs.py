"""Prices and bills against sums done by hand."""

import json
from dataclasses import replace
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from generate.settings import EnvironmentSettings
from ops.capacity.assumptions import CPU_MILLISECONDS_A_READING, Assumptions, attempts, pauses, seconds
from ops.capacity.costs import Bill, bill, floor_per_million, growth_gigabytes, stored_gigabytes
from ops.capacity.demand import Demand
from ops.capacity.designs import compare, greatest_alerting_devices, levers, meets_targets
from ops.capacity.items import write_units
from ops.capacity.ours import Ours
from ops.capacity.prices import prices
from ops.capacity.seed import BATCH_SIZE, INGESTION_MEGABYTES, PROCESSOR_MEGABYTES, seed_load
from ops.project.paths import ROOT
from tests.ops.capacity.conftest import Designed

SETTINGS = EnvironmentSettings(environment="test")
DEVICES = st.integers(min_value=1, max_value=10_000_000)
BATCHES = st.integers(min_value=1, max_value=100)


def quantity(month: Bill, price: str) -> float:
    return sum(line.quantity for line in month.lines if line.price == price)


def ours(devices: int, batch: int = 1, interval: float = 60) -> Ours:
    return Ours(Demand(devices, interval, batch), SETTINGS, Assumptions())


@pytest.mark.parametrize(
    ("name", "number", "dollars"),
    [
        # AWS's own example of API Gateway's tiers: the first 333 million, then the next 667 million.
        ("api_gateway.requests", 333_000_000, 1165.50),
        ("api_gateway.requests", 500_000_000, 1165.50 + 167 * 2.80),
        ("api_gateway.requests", 21_000_000_000, 1165.50 + 667 * 2.80 + 19_000 * 2.38 + 1_000 * 1.51),
        ("dynamodb.write_units", 2_000_000, 1.25),
        ("lambda.gb_seconds_x86_64", 7_000_000_000, 100_000.2 + 15_000),
        # 60 TB of Lambda's logs: 12,500 dollars in the announcement's rounding of the tiers of 2025-05-01.
        ("logs.lambda", 61_440, 5_120 + 5_120 + 2_048 + 512),
        ("sqs.requests", 1_000_000, 0.40),
    ],
)
def test_prices_by_hand(name: str, number: float, dollars: float) -> None:
    assert prices()[name].cost(number) == pytest.approx(dollars, rel=1e-6)


@pytest.mark.parametrize("name", sorted(prices()))
def test_each_price_says_where_it_comes_from(name: str) -> None:
    price = prices()[name]

    assert price.source.startswith("https://aws.amazon.com/")
    assert price.read.startswith("20")
    starts = [start for start, _ in price.tiers]
    assert starts == sorted(starts)
    assert starts[0] == 0
    assert [cost for _, cost in price.tiers] == sorted((cost for _, cost in price.tiers), reverse=True)


@pytest.mark.parametrize(("size", "units"), [(1, 1), (1024, 1), (1025, 2), (10_240, 10)])
def test_write_units(size: int, units: int) -> None:
    assert write_units(size) == units


def test_a_bill_by_hand() -> None:
    # 1,000 devices, a reading a minute, alone in its request: 43.2 million readings and requests in 30 days
    month = bill(ours(1000).load())

    assert month.readings == pytest.approx(43_200_000)
    assert quantity(month, "api_gateway.requests") == pytest.approx(43_200_000)
    assert month.by_service()["API Gateway"] == pytest.approx(43.2 * 3.50)
    assert quantity(month, "dynamodb.write_units") == pytest.approx(86_400_000)
    assert month.by_service()["DynamoDB"] == pytest.approx(54.00)
    # 16.67 requests/s: 1 and 5 % of the other 15.67 are traced; of some 4 batches/s another 1 and 5 % of some 3
    assert quantity(month, "xray.traces") / 2_592_000 == pytest.approx(1.783 + 1.15, abs=0.05)


def test_storage_by_hand() -> None:
    design = ours(1000)
    sizes = design.sizes
    month = 43_200_000 * (sizes.raw + sizes.processed + 200) / 2**30

    assert growth_gigabytes(design.load()) == pytest.approx(month)
    assert stored_gigabytes(design.load(), months=1) == pytest.approx(month / 2)
    assert stored_gigabytes(design.load(), months=3) == pytest.approx(month * 2.5)


def test_what_expires_is_stored_no_longer() -> None:
    data = changed(SETTINGS.data, raw_ttl_days=15, processed_ttl_days=45)
    load = replace(ours(1000), settings=changed(SETTINGS, data=data)).load()
    raw, processed = ((size + items * 100) * 86_400 / 2**30 for size, items, _ in load.stored_bytes)

    # half of the month the raw table grows, half of it it holds 15 days; the processed one grows
    assert stored_gigabytes(load, months=1) == pytest.approx(raw * (7.5 + 15) / 2 + processed * 15)
    assert stored_gigabytes(load, months=9) == pytest.approx(raw * 15 + processed * 45)


def test_the_floor_is_two_writes() -> None:
    assert floor_per_million(ours(1).sizes) == pytest.approx(1.25)
    assert floor_per_million(replace(ours(1), demand=Demand(1, 60, sensor_values=60)).sizes) == pytest.approx(2.50)


def test_durations_by_hand() -> None:
    # 2 + 0.12 + 1.35 + 1.5 ms of CPU on a sixth of a core or so (256 of 1,769 MB), and waits of 5 + 10 ms
    calls = {"PutItem": 1.0, "SendMessageBatch": 1.0}

    assert seconds(calls, 1, 256) == pytest.approx((4.97 * 1769 / 256 + 15) / 1000)
    assert seconds(calls, 1, 10_240) == pytest.approx((4.97 + 15) / 1000)
    assert seconds(calls, 1, 256, given_milliseconds=120) == 0.12


def test_a_reading_takes_what_was_measured() -> None:
    # of the functions' own work, with 100 readings in an invocation; their calls are counted beside it
    samples = json.loads((ROOT / "bench" / "results" / "warm_path.json").read_text())["samples"]
    measured = max(median(samples[f"{function} 100"]) for function in ("ingest", "process")) / 1000

    assert measured / 1.5 <= CPU_MILLISECONDS_A_READING <= measured * 1.5


def test_repeats_by_hand() -> None:
    assert attempts(0.5) == 2
    assert pauses(0) == 0
    # half of the calls pause 25 ms on average, a quarter 50 ms more, an eighth 100 ms more, ...
    assert pauses(0.1) == pytest.approx(
        0.1 * 0.025 + 0.01 * 0.05 + 0.001 * 0.1 + 0.0001 * 0.2 + 0.00001 * 0.4, rel=0.01
    )


@given(devices=DEVICES, more=DEVICES, batch=BATCHES)
def test_more_devices_never_cost_less(devices: int, more: int, batch: int) -> None:
    assert bill(ours(devices + more, batch).load()).total >= bill(ours(devices, batch).load()).total * (1 - 1e-9)


@given(devices=st.integers(min_value=10_000, max_value=10_000_000), batch=st.sampled_from([1, 2, 5, 10, 20, 25, 50]))
def test_larger_requests_never_cost_more(devices: int, batch: int) -> None:
    larger = batch * 2
    assert bill(ours(devices, larger).load()).per_million <= bill(ours(devices, batch).load()).per_million * 1.001


@given(devices=st.integers(min_value=1000, max_value=10_000_000), batch=BATCHES)
def test_nothing_goes_under_the_floor(devices: int, batch: int) -> None:
    found = compare(ours(devices, batch))

    assert found.floor < found.flow < found.ours


def units(design: Ours) -> tuple[float, float]:
    """Write units and read units a reading."""
    load = design.load()
    return load.write_units / load.readings, load.read_units / load.readings


def test_a_rule_is_a_read_unless_readings_share_it_and_no_write(designed: Designed) -> None:
    # 50,000 states are more than the keys of a batch; of a gateway's devices few are in a batch
    assert units(designed(100_000, 100, assumptions=Assumptions(alerting_devices=0.5))) == pytest.approx((2, 1))
    assert units(designed(100_000, 100, readings_per_device=100)) == pytest.approx((2, 0.01), abs=0.001)
    assert units(ours(100_000, 100)) == pytest.approx((2, 0))


@pytest.mark.parametrize(("share", "of_a_partition"), [(0.0, 1), (0.001, 1), (0.01, 4.406)])
def test_where_few_devices_alert_a_rule_is_a_query_of_each_partition(
    designed: Designed, share: float, of_a_partition: float
) -> None:
    # 1,000 states of 128 bytes, an eighth of them in each partition: 16,000 bytes are 3.906 units and a half
    design = designed(100_000, 100, assumptions=Assumptions(alerting_devices=share))
    batch = design.load().functions["processor"]

    assert design.sizes.alert == 128
    assert batch.calls["Query"] == 8
    assert "BatchGetItem" not in batch.calls
    assert units(design)[1] == pytest.approx(8 * of_a_partition * batch.invocations / design.demand.readings, rel=1e-4)


def test_the_targets_are_met_up_to_some_share_of_devices_in_alert(designed: Designed) -> None:
    share = greatest_alerting_devices(designed(100_000, 100))
    assert share is not None

    at, beyond = (designed(100_000, 100, assumptions=Assumptions(alerting_devices=each)) for each in (share, 1))
    assert meets_targets(compare(at))
    assert not meets_targets(compare(beyond))
    assert greatest_alerting_devices(designed(100_000, 1)) is None


def test_alerts_are_charged(designed: Designed) -> None:
    quiet, loud = (designed(1000, assumptions=Assumptions(alert_rate=rate)) for rate in (0.0, 0.01))

    assert quantity(bill(loud.load()), "sns.requests") == pytest.approx(432_000)
    assert loud.load().write_units - quiet.load().write_units == pytest.approx(1000 / 60 * 0.035)
    assert loud.load().read_units - quiet.load().read_units == pytest.approx(1000 / 60 * 0.02)


def test_levers_are_told_the_strongest_first(designed: Designed) -> None:
    design = designed(100_000, 1)
    found = [lever.bill.per_million for lever in levers(design)]

    assert found == sorted(found)
    assert levers(design)[0].what == "100 readings a request"
    assert max(found) < bill(design.load()).per_million


def test_the_seed_pays_for_each_reading_by_itself() -> None:
    demand = Demand(10_000, 60, 100)
    found = seed_load(demand, Assumptions())

    assert found.requests == found.readings == pytest.approx(166.67, abs=0.01)
    assert found.write_units == 2 * found.readings
    assert found.sqs_requests > 2 * found.readings


def test_the_seeds_functions_put_and_send_one_after_another() -> None:
    found = seed_load(Demand(10_000, 60, 100), Assumptions(), 100)
    alone = seed_load(Demand(10_000, 60, 100), Assumptions())

    # 2 ms of CPU once; then 0.12 + 1.35 + 1.5 ms and waits of 5 + 10 ms for each reading
    seconds_each = (2 + 100 * 2.97) * 1769 / INGESTION_MEGABYTES / 1000 + 100 * 0.015
    assert found.functions["ingestion"].seconds == pytest.approx(seconds_each)
    assert found.functions["ingestion"].calls == {"PutItem": 100, "SendMessageBatch": 100}
    assert found.requests * 100 == pytest.approx(found.readings) == pytest.approx(alone.requests)
    assert (found.sqs_requests, found.write_units) == (alone.sqs_requests, alone.write_units)


def test_the_seeds_processor_begins_once_for_a_batch() -> None:
    # many readings fill its batches of ten: 2 ms of CPU once, then 0.12 + 1.35 ms and a wait of 5 ms for each
    work = seed_load(Demand(10_000_000, 60), Assumptions()).functions["processor"]
    size = work.calls["PutItem"]

    assert 1 < size <= BATCH_SIZE
    assert work.seconds == pytest.approx((2 + size * 1.47) * 1769 / PROCESSOR_MEGABYTES / 1000 + size * 0.005)


def test_what_is_put_off_writes_again(designed: Designed) -> None:
    well, ill = (designed(1000, assumptions=Assumptions(message_failure_rate=rate)) for rate in (0.0, 0.1))

    assert ill.raw_write_units == well.raw_write_units
    assert ill.processed_write_units == pytest.approx(well.processed_write_units * (1 + 0.1 + 0.01))


def test_levers_change_one_percent_at_least(designed: Designed) -> None:
    design = designed(100_000, 100)

    assert all(lever.bill.per_million < bill(design.load()).per_million * 0.99 for lever in levers(design))
