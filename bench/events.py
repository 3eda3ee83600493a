"""The readings that are sent, and the events in which the functions get them."""

import json
from collections.abc import Sequence
from typing import Any, Final

FIRST_MOMENT: Final = 1_795_428_930_000
"""Epoch milliseconds: some moment that has passed."""


def readings(count: int, device: str = "sensor-1") -> list[dict[str, Any]]:
    """Readings of one device, a second apart: three numbers, a text and a flag, as a weather station has them."""
    return [
        {
            "device_id": device,
            "timestamp": FIRST_MOMENT - 86_400_000 + number * 1000,
            "sensor_data": {"temp": 21.5, "humidity": 48.25, "pressure": 1013.2, "status": "ok", "indoor": True},
        }
        for number in range(count)
    ]


def fleet(count: int) -> list[dict[str, Any]]:
    """A reading of each of so many devices."""
    return [reading for number in range(count) for reading in readings(1, f"sensor-{number}")]


def posted(body: object) -> dict[str, Any]:
    """API Gateway's event of a `POST /ingest`."""
    return {
        "resource": "/ingest",
        "path": "/ingest",
        "httpMethod": "POST",
        "headers": {"Content-Type": "application/json"},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "stage": "bench"},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def request_of(batch: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The event of one request: a reading by itself, or several as a batch."""
    return posted(batch[0] if len(batch) == 1 else {"readings": list(batch)})


def received(bodies: Sequence[str]) -> dict[str, Any]:
    """The event in which the processor gets messages."""
    return {"Records": [_record(str(number), body) for number, body in enumerate(bodies)]}


def _record(identifier: str, body: str) -> dict[str, Any]:
    return {
        "messageId": identifier,
        "receiptHandle": identifier,
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1795428930000"},
        "messageAttributes": {"correlation_id": {"stringValue": "request", "dataType": "String"}},
        "eventSource": "aws:sqs",
        "awsRegion": "us-east-1",
    }
