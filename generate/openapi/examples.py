"""Examples of requests and answers; tests hold each against its schema, and the requests against the handlers."""

from typing import Any, Final

_UNTIMED: Final = {"device_id": "test-device-001", "sensor_data": {"temp": 25.5}}
_READING: Final = {"device_id": "test-device-001", "timestamp": 1795428930123, "sensor_data": {"temp": 25.5}}
_ITEM: Final = {
    "device_id": "test-device-001",
    "event_date": "2026-11-23T10:15:30.123Z",
    "timestamp": 1795428930123,
    "sensor_data": {"temp": 25.5},
    "temperature": 25.5,
    "temperature_celsius": 25.5,
    "temperature_fahrenheit": 77.9,
    "status": "processed",
    "processed_at": "2026-11-23T10:15:31.456Z",
}
_FAULT: Final = {
    "title": "Bad Request",
    "status": 400,
    "detail": "The request does not meet the contract.",
    "errors": [{"pointer": "#/readings/1/sensor_data", "detail": "is missing"}],
}


def _example(summary: str, value: Any) -> dict[str, Any]:
    return {"summary": summary, "value": value}


REQUESTS: Final[dict[str, dict[str, Any]]] = {
    "ingest": {
        "reading": _example("One reading, of the server's time", _UNTIMED),
        "batch": _example("Two readings", {"readings": [_READING, {**_READING, "timestamp": "2026-11-23T10:15:31Z"}]}),
    },
    "process": {
        "all": _example("All readings of a device", {"device_id": "test-device-001"}),
        "page": _example("A stretch of them", {"device_id": "test-device-001", "start": 0, "end": 1, "limit": 500}),
    },
}
"""By operation and name."""

ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "ingest": {
        "reading": _example(
            "One reading", {"message": "accepted", "device_id": "test-device-001", "timestamp": 1795428930123}
        ),
        "batch": _example("A batch", {"accepted": 2, "rejected": []}),
    },
    "ingest_partly": {
        "part": _example("One of two", {"accepted": 1, "rejected": [{"index": 1, "error": _FAULT}]}),
    },
    "process": {"last": _example("The last page", {"processed": 42, "failed": 0, "next_token": None})},
    "query": {
        "items": _example("Items", {"count": 1, "items": [_ITEM], "next_token": None}),
        "series": _example(
            "A series (interval=PT1H&statistics=min,avg)",
            {
                "count": 1,
                "items": [
                    {
                        "start": "2026-11-23T10:00:00.000Z",
                        "readings": 2,
                        "complete": True,
                        "values": {"temperature": {"min": 24.5, "avg": 25}},
                    }
                ],
                "next_token": None,
                "left_out": [],
                "left_out_count": 0,
            },
        ),
    },
}
"""By answer and name."""
