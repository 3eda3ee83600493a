"""What was posted."""

from decimal import Decimal

import pytest

from handlers.domain.accepted_times import AcceptedTimes
from handlers.domain.problems import FaultsError
from handlers.domain.submission import Clock, Submission, read_submission

NOW = 1_795_428_930_123
CLOCK = Clock(NOW, AcceptedTimes(latest=NOW + 300_000))


def read(document: object, batch_size: int = 3) -> Submission:
    return read_submission(document, CLOCK, lambda: batch_size)


def reading(**members: object) -> dict[str, object]:
    return {"device_id": "d", "sensor_data": {"temp": Decimal(1)}, **members}


def test_one_reading_is_no_batch() -> None:
    submission = read_submission(reading(), CLOCK, pytest.fail)

    assert not submission.is_batch
    assert [(entry.reading.timestamp, entry.server_timed) for entry in submission.entries] == [(NOW, True)]


def test_one_wrong_reading_is_refused_as_a_whole() -> None:
    with pytest.raises(FaultsError):
        read(reading(device_id="?"))


def test_a_batchs_readings_are_judged_one_by_one() -> None:
    submission = read({"readings": [reading(timestamp=Decimal(5)), reading(device_id="?"), Decimal(1)]})

    assert submission.is_batch
    assert [entry.index for entry in submission.entries] == [0]
    assert [(rejection.index, rejection.faults[0].pointer) for rejection in submission.rejections] == [
        (1, "#/readings/1/device_id"),
        (2, "#/readings/2"),
    ]


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        ({"readings": []}, ["#/readings"]),
        ({"readings": [reading()] * 4}, ["#/readings"]),
        ({"readings": {}}, ["#/readings"]),
        ({"readings": None}, ["#/readings"]),
        ({"readings": [reading()], "device_id": "d"}, ["#/device_id"]),
        ({"readings": [], "more": 1}, ["#/more", "#/readings"]),
    ],
)
def test_a_wrong_batch_is_refused_as_a_whole(document: object, pointers: list[str]) -> None:
    with pytest.raises(FaultsError) as raised:
        read(document)

    assert [fault.pointer for fault in raised.value.faults] == pointers


def test_readings_without_a_time_never_share_a_millisecond() -> None:
    sent = [reading(), reading(timestamp=Decimal(NOW + 1)), reading(), reading(device_id="e")]

    entries = read({"readings": sent}, batch_size=4).entries

    assert [(entry.reading.timestamp, entry.server_timed) for entry in entries] == [
        (NOW, True),
        (NOW + 1, False),
        (NOW + 2, True),
        (NOW, True),
    ]


def test_a_faulty_batch_has_the_faults_of_its_readings_too() -> None:
    with pytest.raises(FaultsError) as raised:
        read_submission({"readings": [{"device_id": "d"}], "more": True}, Clock(0, AcceptedTimes(0, 0)), lambda: 10)

    assert [fault.pointer for fault in raised.value.faults] == ["#/more", "#/readings/0/sensor_data"]
