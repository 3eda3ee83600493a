"""Persistence: an acknowledged reading is stored once, exactly as sent, and can be queried."""

import gzip
import json
import time
from decimal import Decimal

import pytest

from ops.aws.api_client import ApiClient
from ops.operate.callers import Operator
from tests.proofs.integrations.lookups import processed_readings, raw_readings
from tests.support.proving import Figures
from tests.support.running_pipeline import eventually

pytestmark = [pytest.mark.timeout(900), pytest.mark.pipeline, pytest.mark.proof("integrations")]
LONGEST_NUMBER = "1234567890123456789.0123456789012345678"
"""38 digits, the most that DynamoDB stores."""


def test_an_acknowledged_reading_is_stored_exactly_as_sent(
    operator: Operator, caller: ApiClient, device: str, figures: Figures
) -> None:
    request = caller.prepare_post("/ingest", {"device_id": device, "sensor_data": {"temp": 25.5, "exact": 0.5}})
    assert request.data is not None
    request.data = request.data.replace(b"0.5}", f"{LONGEST_NUMBER}}}".encode())
    answer = caller.deliver(caller.sign(request))

    assert answer.status == 200, answer
    (raw,) = raw_readings(operator, device)
    assert raw["sensor_data"] == {"temp": Decimal("25.5"), "exact": Decimal(LONGEST_NUMBER)}
    assert raw["timestamp"] == answer.document()["timestamp"]
    figures.count("readings stored raw, to the last digit")


def test_a_compressed_reading_is_stored_and_its_answer_compressed(
    operator: Operator, caller: ApiClient, device: str, figures: Figures
) -> None:
    request = caller.prepare_post("/ingest", {"device_id": device, "sensor_data": {"temp": 25.5}})
    assert request.data is not None
    request.data = gzip.compress(request.data)
    request.headers["Content-Encoding"], request.headers["Accept-Encoding"] = "gzip", "gzip"
    response = caller.connection.send(caller.sign(request).prepare())

    assert response.status_code == 200, response.content
    assert response.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(response.content))["device_id"] == device
    (raw,) = raw_readings(operator, device)
    assert raw["sensor_data"] == {"temp": Decimal("25.5")}
    figures.count("compressed readings stored")


def test_a_repeated_reading_changes_nothing_and_a_different_one_is_refused(
    operator: Operator, caller: ApiClient, device: str, figures: Figures
) -> None:
    reading = {"device_id": device, "timestamp": time.time_ns() // 1_000_000, "sensor_data": {"temp": 25.5}}

    statuses = [caller.post("/ingest", reading).status for _ in range(3)]
    other = caller.post("/ingest", {**reading, "sensor_data": {"temp": 99.9}})

    assert (statuses, other.status) == ([200, 200, 200], 409)
    (raw,) = raw_readings(operator, device)
    assert raw["sensor_data"] == {"temp": Decimal("25.5")}
    figures.tried("repeated or contradicting readings that changed nothing", 3)


def test_a_processed_reading_is_stored_and_queried(
    operator: Operator, caller: ApiClient, device: str, figures: Figures
) -> None:
    sent = caller.post("/ingest", {"device_id": device, "sensor_data": {"temp": 25.5}}).document()

    (item,) = eventually(lambda: processed_readings(operator, device) or None)
    answer = caller.get("/query", {"device_id": device})

    assert (item["status"], item["timestamp"]) == ("processed", sent["timestamp"])
    assert item["temperature_fahrenheit"] == Decimal("77.9")
    assert (answer.status, answer.document()["count"]) == (200, 1)
    assert answer.document()["items"][0]["temperature_fahrenheit"] == Decimal("77.9")
    figures.count("readings stored processed, and queried")


def test_a_raw_reading_can_be_processed_again(
    operator: Operator, caller: ApiClient, device: str, figures: Figures
) -> None:
    caller.post("/ingest", {"device_id": device, "sensor_data": {"temp": 25.5}})
    (first,) = eventually(lambda: processed_readings(operator, device) or None)
    key = {"device_id": {"S": device}, "event_date": {"S": first["event_date"]}}
    operator.access.dynamodb().delete_item(TableName=operator.output("ProcessedDataTableName"), Key=key)

    answer = caller.post("/process", {"device_id": device})

    assert (answer.status, answer.document()["processed"]) == (200, 1)
    (again,) = processed_readings(operator, device)
    assert again["temperature_fahrenheit"] == Decimal("77.9")
    figures.count("lost items processed again from raw readings")
