"""The model's calls, log bytes and item sizes against the functions' own."""

import math
from collections import Counter
from decimal import Decimal

import pytest

from bench.calls import calls_per_1000_readings
from generate.settings import EnvironmentSettings
from handlers.aws.alert_state import partition
from ops.capacity import invocations
from ops.capacity.demand import Demand
from ops.capacity.sizes import ALERT_STATE_BYTES, SAMPLE_TIMESTAMP, item_bytes, sizes
from ops.capacity.workload import Workload
from tests.ops.capacity.counting import Counted, counted
from tests.support.proving import Figures


def modelled(readings: int, batch: int, processed_in: int, pairs: int) -> dict[str, float]:
    """Return the model's calls, and the parameters that each function reads once."""
    requests, messages = readings // batch, sizes(batch, 3).messages
    batches = math.ceil(requests * messages / processed_in)
    found: Counter[str] = Counter({"GetParameter": 1 + (batch > 1)})
    for times, calls in (
        (requests, Workload(Demand(1, 60, batch), EnvironmentSettings(environment="test")).request_calls),
        (batches, invocations.batch_calls(readings / batches, pairs)),
    ):
        for name, number in calls.items():
            found[name] += times * number  # type: ignore[assignment] # whole numbers here
    return {name: number for name, number in found.items() if number}


@pytest.mark.parametrize(
    ("batch", "processed_in", "devices", "rules"),
    [(1, 10, 60, True), (30, 3, 60, True), (60, 6, 3, True), (5, 4, 60, False), (60, 2, 60, True), (12, 10, 60, True)],
)
def test_calls_of_sixty_readings(batch: int, processed_in: int, devices: int, *, rules: bool) -> None:
    found = counted(60, batch, processed_in=processed_in, devices=devices, rules=rules)

    messages = 60 // batch * sizes(batch, 3).messages
    pairs = min(60 * processed_in // messages, devices) if rules else 0
    assert found.messages == messages
    gets = 0 if invocations.queries_states(pairs, 0) else pairs
    assert found.entries["BatchGetItem"] == messages // processed_in * gets
    assert dict(found.calls) == modelled(60, batch, processed_in, pairs)
    assert (found.entries["PutItem"], found.entries["SendMessageBatch"], found.entries["BatchWriteItem"]) == (
        60,
        messages,
        60,
    )


def test_messages_by_hand() -> None:
    assert [sizes(readings, 3).messages for readings in (1, 10, 11, 100)] == [1, 1, 2, 10]
    # 20 readings of 100 numbers of some 2 KB are still two messages: bytes limit only larger readings
    assert sizes(20, 100).messages == 2
    assert sizes(10, 3).message == pytest.approx(10 * sizes(10, 3).reading, rel=0.1)


@pytest.mark.proof("throttling and load")
@pytest.mark.parametrize(("batch", "pairs"), [(1, 100), (100, 1000)])
def test_calls_of_a_thousand_readings(batch: int, pairs: int, figures: Figures) -> None:
    counts = calls_per_1000_readings("this project", batch)
    found = {name.split(":")[1]: number for name, number in counts.items() if not name.startswith("lambda:")}

    expected = modelled(1000, batch, 100, pairs)
    for name in {*found, *expected}:
        figures.count(
            "kinds of AWS calls of 1,000 readings, as often as the model says",
            held=found.get(name) == expected.get(name),
        )


def test_log_bytes() -> None:
    found = counted(20, 1, processed_in=20, rules=False)

    request = invocations.REQUEST_LOG_BYTES + invocations.REQUEST_SUCCESS_LOG_BYTES - invocations.PLATFORM_LOG_BYTES
    batch = invocations.batch_log_bytes(20, 20, logs_success=True) - invocations.PLATFORM_LOG_BYTES
    overhead = 2 * invocations.LOG_EVENT_OVERHEAD_BYTES
    assert request - overhead == pytest.approx(found.logged["ingestion"] / 20, rel=0.1)
    assert batch - overhead == pytest.approx(found.logged["processor"], rel=0.1)
    assert lines(found) == (2, 2)


@pytest.mark.long
@pytest.mark.timeout(900)  # its bound is its 500 calls of the real functions
def test_log_bytes_of_many_messages() -> None:
    # a metric has 100 values at most: the lags of more messages are in more lines
    found = counted(250, 1, processed_in=250, rules=False)

    assert found.lines["processor"] == 1 + 3
    logged = found.logged["processor"] + 4 * invocations.LOG_EVENT_OVERHEAD_BYTES + invocations.PLATFORM_LOG_BYTES
    assert invocations.batch_log_bytes(250, 250, logs_success=True) == pytest.approx(logged, rel=0.03)


def lines(found: Counted) -> tuple[float, float]:
    """Return the log lines of one invocation of each function."""
    return tuple(found.lines[name] / found.invocations[name] for name in ("ingestion", "processor"))  # type: ignore[return-value] # two names


def test_item_sizes_by_hand() -> None:
    found = sizes(1, 1)

    # device_id 9 + 20; timestamp 9 + 8 (13 digits); sensor_data 11 + 3 + temperature 11 + (2 + 1) + 1;
    # received_at 11 + 24
    assert found.raw == 29 + 17 + 29 + 35
    # the same without received_at; event_date 10 + 24; temperature 11 + 3, _celsius 19 + 3, _fahrenheit 22 + 3
    # (70.25); status 6 + 9; processed_at 12 + 24
    assert found.processed == 29 + 17 + 29 + 34 + 14 + 22 + 25 + 15 + 36


def test_an_alert_states_size() -> None:
    device_id = "sensor-0000000000001"
    state = {
        "device_id": partition(device_id),
        "event_date": f"{device_id}#temperature",
        "decided_at": SAMPLE_TIMESTAMP,
        "is_alert": False,
        "decided_value": Decimal("21.25"),
        "is_told": False,
        "changed_at": SAMPLE_TIMESTAMP,
    }

    assert item_bytes(state) == ALERT_STATE_BYTES
