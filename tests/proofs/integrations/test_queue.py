"""Queue processing: every reading of a batch is processed, and an invalid message is dead-lettered with its reason."""

import json
import time

import pytest

from handlers.aws.dead_letter_queue import REASON_ATTRIBUTE
from ops.aws.api_client import ApiClient
from ops.operate.callers import Operator
from tests.proofs.integrations.lookups import processed_readings, take_dead_letter_message, temperatures
from tests.support.proving import Figures
from tests.support.running_pipeline import eventually

pytestmark = [pytest.mark.timeout(900), pytest.mark.pipeline, pytest.mark.proof("integrations")]
READINGS = 25
"""More than the 10 readings that one message carries."""


def test_every_reading_of_a_batch_is_processed(
    operator: Operator, caller: ApiClient, device: str, figures: Figures
) -> None:
    began = time.time_ns() // 1_000_000 - READINGS
    batch = [
        {"device_id": device, "timestamp": began + number, "sensor_data": {"temp": number}}
        for number in range(READINGS)
    ]

    answer = caller.post("/ingest", {"readings": batch})

    assert (answer.status, answer.document()) == (200, {"accepted": READINGS, "rejected": []})
    processed = eventually(lambda: all_processed(operator, device))
    assert temperatures(processed) == list(range(READINGS))
    figures.tried("queued readings processed", READINGS)


def all_processed(operator: Operator, device: str) -> list[dict[str, object]] | None:
    found = processed_readings(operator, device)
    return found if len(found) == READINGS else None


def test_an_invalid_message_is_dead_lettered_with_its_reason(operator: Operator, device: str, figures: Figures) -> None:
    body = json.dumps({"poison": device})
    operator.access.sqs().send_message(QueueUrl=operator.output("IngestionQueueUrl"), MessageBody=body)

    message = eventually(lambda: take_dead_letter_message(operator, device), 120)

    assert message["Body"] == body
    assert "version" in message["MessageAttributes"][REASON_ATTRIBUTE]["StringValue"]
    figures.count("invalid messages dead-lettered with their reason")
