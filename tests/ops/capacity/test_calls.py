"""The model's calls, log bytes and item sizes against the functions' own."""

import math

import pytest

from bench.calls import calls_per_1000_readings
from ops.capacity import calls, logs
from ops.capacity.items import packs, sizes
from tests.ops.capacity.counting import Counted, counted
from tests.support.proving import Figures


def modelled(readings: int, batch: int, processed_in: int, decided: int) -> dict[str, float]:
    """The model's calls, and what each function reads of its parameter once."""
    requests, messages = readings // batch, packs(batch, 3).messages
    batches = math.ceil(requests * messages / processed_in)
    parameters = {"GetParameter": 1 + (batch > 1)}
    work = calls.summed(
        (requests, calls.of_request(batch, messages)), (batches, calls.of_batch(readings / batches, decided))
    )
    return {name: number for name, number in {**work, **parameters}.items() if number}


@pytest.mark.parametrize(
    ("batch", "processed_in", "devices", "rules"),
    [(1, 10, 60, True), (30, 3, 60, True), (60, 6, 3, True), (5, 4, 60, False), (60, 2, 60, True), (12, 10, 60, True)],
)
def test_calls_of_sixty_readings(batch: int, processed_in: int, devices: int, *, rules: bool) -> None:
    found = counted(60, batch, processed_in=processed_in, devices=devices, rules=rules)

    messages = 60 // batch * packs(batch, 3).messages
    decided = min(60 * processed_in // messages, devices) if rules else 0
    assert found.messages == messages
    gets = 0 if calls.is_queried(decided, 0) else decided
    assert found.entries["BatchGetItem"] == messages // processed_in * gets
    assert dict(found.calls) == modelled(60, batch, processed_in, decided)
    assert (found.entries["PutItem"], found.entries["SendMessageBatch"], found.entries["BatchWriteItem"]) == (
        60,
        messages,
        60,
    )


def test_packs_by_hand() -> None:
    assert [packs(readings, 3).messages for readings in (1, 10, 11, 100)] == [1, 1, 2, 10]
    # 20 readings of 100 numbers of some 2 KB are two messages still: bytes bound larger readings than numbers make
    assert packs(20, 100).messages == 2
    assert packs(10, 3).bytes == pytest.approx(
        10 * sizes(3, raw_expires=False, processed_expires=False).reading, rel=0.1
    )


@pytest.mark.proof("throttling and load")
@pytest.mark.parametrize(("batch", "decided"), [(1, 100), (100, 1000)])
def test_calls_of_a_thousand_readings(batch: int, decided: int, figures: Figures) -> None:
    counts = calls_per_1000_readings("this project", batch)
    found = {name.split(":")[1]: number for name, number in counts.items() if not name.startswith("lambda:")}

    modelled_calls = modelled(1000, batch, 100, decided)
    for name in {*found, *modelled_calls}:
        figures.count(
            "kinds of AWS calls of 1,000 readings, as often as the model says",
            held=found.get(name) == modelled_calls.get(name),
        )


def test_log_bytes() -> None:
    found = counted(20, 1, processed_in=20, rules=False)

    request, batch = found.logged["ingestion"] / 20, found.logged["processor"]
    assert logs.of_request(is_told=True) == pytest.approx(request, rel=0.1)
    assert logs.of_batch(20, 20, is_told=True) == pytest.approx(batch, rel=0.1)
    assert lines(found) == (2, 2)


def test_log_bytes_of_many_messages() -> None:
    # a metric has 100 values at most: the lags of more messages are told in more lines
    found = counted(250, 1, processed_in=250, rules=False)

    assert found.lines["processor"] == 1 + 3
    logged = found.logged["processor"] + 2 * logs.EVENT_OVERHEAD_BYTES
    assert logs.of_batch(250, 250, is_told=True) == pytest.approx(logged, rel=0.03)


def lines(found: Counted) -> tuple[float, float]:
    """Lines of one invocation of each function."""
    return tuple(found.lines[name] / found.invocations[name] for name in ("ingestion", "processor"))  # type: ignore[return-value] # two names


def test_item_sizes_by_hand() -> None:
    found = sizes(1, raw_expires=False, processed_expires=False)

    # device_id 9 + 20; timestamp 9 + 8 (13 digits); sensor_data 11 + 3 + temperature 11 + (2 + 1) + 1;
    # received_at 11 + 24
    assert found.raw == 29 + 17 + 29 + 35
    # the same without received_at; event_date 10 + 24; temperature 11 + 3, _celsius 19 + 3, _fahrenheit 22 + 3
    # (70.25); status 6 + 9; processed_at 12 + 24
    assert found.processed == 29 + 17 + 29 + 34 + 14 + 22 + 25 + 15 + 36


def test_what_expires_is_larger() -> None:
    kept, expiring = (sizes(3, raw_expires=end, processed_expires=end) for end in (False, True))

    assert expiring.raw - kept.raw == len("expires_at") + 6
    assert expiring.processed - kept.processed == len("expires_at") + 6
