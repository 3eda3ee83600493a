"""Prices and bills against sums done by hand."""

import json
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from generate.builders.alarms import all_alarms
from generate.settings import EnvironmentSettings
from generate.terraform import Expression
from ops.capacity.bill import stored_gigabytes
from ops.capacity.demand import Demand
from ops.capacity.invocations import FULL_CORE_MEGABYTES, READING_MILLISECONDS, seconds
from ops.capacity.published import cost, read
from ops.capacity.seed import INGESTION_MEGABYTES, TARGETS, compare, seed_bill
from ops.capacity.sizes import Sizes
from ops.capacity.workload import Workload, fixed_quantities
from ops.project.paths import ROOT
from tests.ops.capacity.conftest import MakeWorkload

SETTINGS = EnvironmentSettings(environment="test")
DEVICES = st.integers(min_value=1, max_value=10_000_000)
BATCHES = st.integers(min_value=1, max_value=100)
PRICES = {name: table for name, table in read("prices.toml").items() if isinstance(table, dict)}
MONTH = 2_592_000
LOWER_BOUND = "the lower bound: two writes"


def plain(devices: int, batch: int = 1, interval: float = 60) -> Workload:
    """Return the pipeline without alert rules."""
    return Workload(Demand(devices, interval, batch), SETTINGS)


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
    assert cost(name, number) == pytest.approx(dollars, rel=1e-6)


@pytest.mark.parametrize("name", sorted(PRICES))
def test_each_price_names_its_source(name: str) -> None:
    price = PRICES[name]

    assert price["source"].startswith("https://aws.amazon.com/")
    assert price["read"].startswith("20")
    assert price["unit"]
    starts = [start for start, _ in price["tiers"]]
    assert starts == sorted(starts)
    assert starts[0] == 0
    assert [each for _, each in price["tiers"]] == sorted((each for _, each in price["tiers"]), reverse=True)


def test_each_price_is_charged(workload: MakeWorkload) -> None:
    found = workload(1000)
    functions = changed(found.settings.functions, architecture="arm64")
    arm = Workload(found.demand, changed(found.settings, functions=functions))

    assert {*found.bill.quantities, *arm.bill.quantities} == set(PRICES)


@pytest.mark.parametrize(("size", "units"), [(1, 1), (1024, 1), (1025, 2), (10_240, 10)])
def test_write_units(size: int, units: int) -> None:
    assert Sizes(reading=1, raw=size, processed=1, messages=1, message=1).write_units == (units, 1)
    assert Sizes(reading=1, raw=1, processed=size, messages=1, message=1).write_units == (1, units)


def test_a_bill_by_hand() -> None:
    # 1,000 devices, a reading a minute, alone in its request: 43.2 million readings and requests in 30 days
    month = plain(1000).bill

    assert month.quantities["api_gateway.requests"] == pytest.approx(43_200_000)
    assert month.services["API Gateway"] == pytest.approx(43.2 * 3.50)
    assert month.a_million(month.services["API Gateway"]) == pytest.approx(3.50)
    assert month.quantities["dynamodb.write_units"] == pytest.approx(86_400_000)
    assert month.services["DynamoDB"] == pytest.approx(54.00)
    assert month.total == pytest.approx(sum(month.services.values()))
    assert month.per_million == pytest.approx(month.total / 43.2)
    # 16.67 requests/s: 1 and 5 % of the other 15.67 are traced; of some 4 batches/s another 1 and 5 % of some 3
    assert month.quantities["xray.traces"] / MONTH == pytest.approx(1.783 + 1.15, abs=0.05)


def test_storage_by_hand() -> None:
    found = plain(1000)
    month = 43_200_000 * (found.sizes.raw + found.sizes.processed + 200) / 2**30

    # in the first month the tables grow from nothing
    assert found.bill.quantities["dynamodb.storage"] == pytest.approx(month / 2)
    assert found.bill.quantities["dynamodb.recovery"] == pytest.approx(month / 2)


def test_what_expires_is_stored_no_longer() -> None:
    data = changed(SETTINGS.data, raw_ttl_days=15, processed_ttl_days=45)
    found = Workload(Demand(1000, 60), changed(SETTINGS, data=data))
    raw, processed = ((size + 100) * 43_200_000 / 2**30 for size in (found.sizes.raw, found.sizes.processed))

    # for half of the month the raw table grows, and then it has 15 days; the processed one grows
    assert found.bill.quantities["dynamodb.storage"] == pytest.approx(raw * (0.25 + 0.5) / 2 + processed / 2)
    assert [stored_gigabytes(2**30, days) / 86_400 for days in (None, 30, 15, 0)] == [15, 15, 11.25, 0]


def test_the_lower_bound_is_two_writes() -> None:
    small, large = (compare(Workload(Demand(1, 60, sensor_values=number), SETTINGS)) for number in (3, 60))

    assert small[LOWER_BOUND] == pytest.approx(1.25)
    assert large[LOWER_BOUND] == pytest.approx(2.50)


def test_an_alarm_is_charged_by_its_metrics() -> None:
    alarms = list(all_alarms(Expression("suffix")))

    assert fixed_quantities()["cloudwatch.alarms"] >= len(alarms)
    assert set(fixed_quantities()) < set(plain(1).bill.a_month)


def test_durations_by_hand() -> None:
    # 2 + 0.12 + 1.35 + 1.5 ms of CPU on a sixth of a core or so (256 of 1,769 MB), and waits of 5 + 10 ms
    calls = {"PutItem": 1.0, "SendMessageBatch": 1.0}

    assert seconds(calls, 1, 256) == pytest.approx((4.97 * 1769 / 256 + 15) / 1000)
    assert seconds(calls, 1, 10_240) == pytest.approx((4.97 + 15) / 1000)


def test_given_durations_are_used(workload: MakeWorkload) -> None:
    found = workload(1000, ingestion_milliseconds=120, processor_milliseconds=450)

    assert (found.ingestion_seconds, found.processor_seconds(7)) == (0.12, 0.45)


def test_a_reading_takes_what_was_measured() -> None:
    # of the functions' own work, with 100 readings in an invocation; their calls are counted beside it
    samples = json.loads((ROOT / "bench" / "results" / "warm_path.json").read_text())["samples"]
    measured = max(median(samples[f"{function} 100"]) for function in ("ingest", "process")) / 1000

    assert measured / 1.5 <= READING_MILLISECONDS <= measured * 1.5


@given(devices=DEVICES, more=DEVICES, batch=BATCHES)
def test_more_devices_never_cost_less(devices: int, more: int, batch: int) -> None:
    assert plain(devices + more, batch).bill.total >= plain(devices, batch).bill.total * (1 - 1e-9)


@given(devices=st.integers(min_value=10_000, max_value=10_000_000), batch=st.sampled_from([1, 2, 5, 10, 20, 25, 50]))
def test_larger_requests_never_cost_more(devices: int, batch: int) -> None:
    assert plain(devices, batch * 2).bill.per_million <= plain(devices, batch).bill.per_million * 1.001


@given(devices=st.integers(min_value=1000, max_value=10_000_000), batch=BATCHES)
def test_nothing_costs_less_than_the_lower_bound(devices: int, batch: int) -> None:
    found = plain(devices, batch)
    stored = found.bill.services["DynamoDB storage"] + found.bill.services["CloudWatch"] + found.bill.services["KMS"]

    assert compare(found)[LOWER_BOUND] < found.bill.a_million(found.bill.total - stored) < found.bill.per_million


def units(workload: Workload) -> tuple[float, float]:
    """Return the write units and the read units of a reading."""
    bill = workload.bill
    return tuple(bill.a_second[f"dynamodb.{kind}_units"] / bill.readings for kind in ("write", "read"))  # type: ignore[return-value] # two kinds


def test_a_rule_is_a_read_unless_readings_share_it_and_never_a_write(workload: MakeWorkload) -> None:
    # 50,000 states are more than the keys of a batch; of a gateway's devices few are in a batch
    assert units(workload(100_000, 100, alerting_devices=0.5)) == pytest.approx((2, 1))
    assert units(workload(100_000, 100, readings_per_device=100)) == pytest.approx((2, 0.01), abs=0.001)
    assert units(plain(100_000, 100)) == pytest.approx((2, 0))


@pytest.mark.parametrize(("share", "of_a_partition"), [(0.0, 1), (0.001, 1), (0.01, 4.406)])
def test_where_few_devices_alert_a_rule_is_a_query_of_each_partition(
    workload: MakeWorkload, share: float, of_a_partition: float
) -> None:
    # 1,000 states of 128 bytes, an eighth of them in each partition: 16,000 bytes are 3.906 units and a half
    found = workload(100_000, 100, alerting_devices=share)
    calls = found.batch_calls(found.polling.batch_size)

    assert calls["Query"] == 8
    assert "BatchGetItem" not in calls
    assert units(found)[1] == pytest.approx(
        8 * of_a_partition * found.polling.batches / found.demand.readings, rel=1e-4
    )


@pytest.mark.parametrize(("share", "are_met"), [(0, True), (0.01, True), (0.02, True), (1, False)])
def test_the_targets_are_met_while_few_devices_are_in_alert(
    workload: MakeWorkload, share: float, *, are_met: bool
) -> None:
    # docs/scale.md says up to 2 %
    found = compare(workload(100_000, 100, alerting_devices=share))

    assert all(found["this pipeline"] <= times * found[name] for name, times in TARGETS.items()) is are_met


def test_the_comparison_is_of_the_bills(workload: MakeWorkload) -> None:
    found = workload(100_000, 100)

    assert list(compare(found).values()) == [
        found.bill.per_million,
        pytest.approx(1.25),
        seed_bill(found.demand).per_million,
        seed_bill(found.demand, 100).per_million,
    ]


def test_the_seed_pays_for_each_reading_by_itself() -> None:
    found = seed_bill(Demand(10_000, 60, 100))

    assert found.a_second["api_gateway.requests"] == found.readings == pytest.approx(166.67, abs=0.01)
    assert found.a_second["dynamodb.write_units"] == 2 * found.readings
    assert found.a_second["sqs.requests"] > 2 * found.readings


def test_the_seeds_functions_put_and_send_one_after_another() -> None:
    found, alone = (seed_bill(Demand(10_000, 60, 100), batch) for batch in (100, 1))

    # 2 ms of CPU once; then 0.12 + 1.35 + 1.5 ms and waits of 5 + 10 ms for each reading
    calls = {"PutItem": 100.0, "SendMessageBatch": 100.0}
    seconds_each = (2 + 100 * 2.97) * FULL_CORE_MEGABYTES / INGESTION_MEGABYTES / 1000 + 100 * 0.015
    assert seconds(calls, 100, INGESTION_MEGABYTES, connections=1) == pytest.approx(seconds_each)
    assert found.a_second["api_gateway.requests"] * 100 == pytest.approx(alone.a_second["api_gateway.requests"])
    for name in ("sqs.requests", "dynamodb.write_units"):
        assert found.a_second[name] == alone.a_second[name]
    # the processor does the same; a hundredth of the requests, each as long as calculated
    one_seconds = (2 + 2.97) * FULL_CORE_MEGABYTES / INGESTION_MEGABYTES / 1000 + 0.015
    less = found.readings * (one_seconds - seconds_each / 100) * INGESTION_MEGABYTES / 1024
    memory = alone.a_second["lambda.gb_seconds_x86_64"] - found.a_second["lambda.gb_seconds_x86_64"]
    assert memory == pytest.approx(less)
