"""The order of a request's readings: the first that wants a place gets it, and the others keep theirs."""

import time
from decimal import Decimal
from typing import Any

import pytest

from handlers.aws.ingestion_queue import IngestionQueue, TraceContext
from handlers.aws.raw_table import Stored
from handlers.domain.reading import Key, Reading
from handlers.domain.submission import Entry
from handlers.services.acceptance import Acceptance
from tests.handlers.fakes import Clock
from tests.handlers.moto_pipeline import MotoPipeline

TIMESTAMP = 1_795_428_930_123


def reading(value: int, at: int = TIMESTAMP, device: str = "d") -> dict[str, Any]:
    return {"device_id": device, "timestamp": at, "sensor_data": {"value": value}}


@pytest.mark.parametrize("values", [(1, 2), (2, 1), (1, 2, 3), (3, 2, 1), (1, 1, 2), (2, 1, 1)])
def test_of_conflicting_readings_the_first_is_stored_and_queued(moto: MotoPipeline, values: tuple[int, ...]) -> None:
    status, body = moto.post({"readings": [reading(value) for value in values]})

    differing = [index for index, value in enumerate(values) if value != values[0]]
    assert (status, [each["index"] for each in body["rejected"]]) == (207, differing)
    assert {each["error"]["status"] for each in body["rejected"]} == {409}
    assert [item["sensor_data"]["value"] for item in moto.raw_items()] == [values[0]]
    assert {each["sensor_data"]["value"] for each in moto.queued_readings()} == {values[0]}


def test_conflicts_of_several_devices_are_decided_by_themselves(moto: MotoPipeline) -> None:
    sent = [reading(1, device="a"), reading(2, device="b"), reading(3, device="a"), reading(4, device="b")]

    _, body = moto.post({"readings": sent})

    assert [each["index"] for each in body["rejected"]] == [2, 3]
    assert sorted((item["device_id"], item["sensor_data"]["value"]) for item in moto.raw_items()) == [
        ("a", 1),
        ("b", 2),
    ]


def test_readings_travel_in_the_order_of_the_request(moto: MotoPipeline) -> None:
    moments = [TIMESTAMP + offset for offset in (5, 3, 9, 1, 7)]

    moto.post({"readings": [reading(1, at) for at in moments]})

    assert [each["timestamp"] for each in moto.queued_readings()] == moments


class OneByOne:
    """A raw table that notices when readings of one place are stored at once."""

    def __init__(self) -> None:
        self.stored: list[object] = []
        self._busy: set[Key] = set()

    def put(self, reading: Reading, *_: object) -> Stored:
        assert reading.key not in self._busy, "two readings of one place at once"
        self._busy.add(reading.key)
        time.sleep(0.02)  # whoever would overtake does so now
        self.stored.append(reading.sensor_data["value"])
        self._busy.remove(reading.key)
        return Stored.SAME


def test_readings_of_one_place_wait_for_each_other(moto: MotoPipeline) -> None:
    table = OneByOne()
    acceptance = Acceptance(table, IngestionQueue(moto.sqs, moto.queue_url), lambda: TIMESTAMP)  # type: ignore[arg-type] # a fake
    entries = [
        Entry(index, Reading("d", TIMESTAMP, {"value": Decimal(index)}), server_timed=False) for index in range(4)
    ]

    outcomes = acceptance.accept(entries, TraceContext("request", None), Clock().retrying())

    assert table.stored == [0, 1, 2, 3]
    assert [outcome.index for outcome in outcomes] == [0, 1, 2, 3]
