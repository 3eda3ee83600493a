"""The raw table."""

from decimal import Decimal

import pytest

from handlers.aws.raw_table import RawTable, Stored
from handlers.domain.reading import Reading
from handlers.errors import UnavailableError
from tests.handlers.fakes import Clock, FailingClient, LostAnswerClient, client_error
from tests.handlers.moto_pipeline import RAW_TABLE, MotoPipeline

READING = Reading("d", 1_795_428_930_123, {"temp": Decimal("25.5"), "on": True})
OTHER = Reading("d", 1_795_428_930_123, {"temp": Decimal("25.5"), "on": Decimal(1)})


def test_a_reading_is_stored_once(moto: MotoPipeline) -> None:
    table = RawTable(moto.dynamodb, RAW_TABLE)
    retrying = Clock().retrying()

    assert table.put(READING, 1_795_428_931_000, retrying) is Stored.NEW
    assert table.put(READING, 1_795_428_932_000, retrying) is Stored.SAME
    assert table.put(OTHER, 1_795_428_933_000, retrying) is Stored.OTHER
    assert moto.raw_items() == [
        {
            "device_id": "d",
            "timestamp": 1_795_428_930_123,
            "sensor_data": {"temp": Decimal("25.5"), "on": True},
            "received_at": "2026-11-23T10:15:31.000Z",
        }
    ]


def test_an_item_expires_when_asked_to(moto: MotoPipeline) -> None:
    RawTable(moto.dynamodb, RAW_TABLE, ttl_days=30).put(READING, 1_795_428_931_000, Clock().retrying())

    assert moto.raw_items()[0]["expires_at"] == 1_795_428_931 + 30 * 86_400


def test_a_lost_answer_is_no_conflict(moto: MotoPipeline) -> None:
    client = LostAnswerClient(moto.dynamodb, "put_item", client_error("InternalServerError", 500), times=1)

    assert RawTable(client, RAW_TABLE).put(READING, 0, Clock().retrying()) is Stored.SAME  # type: ignore[arg-type] # a fake


def test_a_failure_is_raised(moto: MotoPipeline) -> None:
    client = FailingClient(moto.dynamodb, "put_item", client_error("AccessDeniedException"))

    with pytest.raises(UnavailableError):
        RawTable(client, RAW_TABLE).put(READING, 0, Clock().retrying())  # type: ignore[arg-type] # a fake


def test_someone_elses_item_is_another_reading(moto: MotoPipeline) -> None:
    item = {"device_id": {"S": "d"}, "timestamp": {"N": str(READING.timestamp)}, "sensor_data": {"S": "text"}}
    moto.dynamodb.put_item(TableName=RAW_TABLE, Item=item)

    assert RawTable(moto.dynamodb, RAW_TABLE).put(READING, 0, Clock().retrying()) is Stored.OTHER
