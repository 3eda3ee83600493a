"""JSON Schemas of what the API takes and answers, from the limits in `handlers.contract`.

The handlers validate by code that names every fault; a property test compares that code with these schemas.
"""

from typing import Any, Final

from handlers.contract import (
    DEFAULT_OLDEST_TIMESTAMP,
    DEFAULT_PAGE_LIMIT,
    DEVICE_ID_PATTERN,
    INTERVAL_PATTERN,
    MAXIMUM_BATCH_SIZE,
    MAXIMUM_PAGE_LIMIT,
    MAXIMUM_SENSOR_MEMBERS,
    MAXIMUM_STRING_LENGTH,
    MAXIMUM_TIMESTAMP,
    STATISTICS,
    TIMESTAMP_PATTERN,
)

Schema = dict[str, Any]


def reference(name: str) -> Schema:
    """A reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def _closed(properties: Schema, *required: str, **more: Any) -> Schema:
    """An object without unknown members."""
    body = {"type": "object", "required": list(required), "properties": properties, **more}
    return {**body, "additionalProperties": False}


def _open(properties: Schema, *required: str) -> Schema:
    """An object of an answer, to which later versions may add."""
    return {"type": "object", "required": list(required), "properties": properties}


NEXT_TOKEN: Final[Schema] = {
    "type": ["string", "null"],
    "description": "Requests the next page, with the same other parameters; null on the last page.",
}
LIMIT: Final[Schema] = {
    "type": "integer",
    "minimum": 1,
    "maximum": MAXIMUM_PAGE_LIMIT,
    "default": DEFAULT_PAGE_LIMIT,
    "description": "The most items of a page.",
}
TIMESTAMP: Final[Schema] = {
    "description": "Epoch milliseconds, an integer however it is written (1795843064000.0, too), or an ISO 8601 date "
    "and time (UTC where it names no offset).",
    "oneOf": [
        {"type": "integer", "minimum": 0, "maximum": MAXIMUM_TIMESTAMP},
        {"type": "string", "pattern": TIMESTAMP_PATTERN},
    ],
}

_AS_SENT: Final = (
    "As it was sent; otherwise derived from temperature_celsius, temperature_fahrenheit, temperature or temp, the "
    "first of them that is a number, in"
)

SCHEMAS: Final[dict[str, Schema]] = {
    "DeviceId": {"type": "string", "pattern": DEVICE_ID_PATTERN, "minLength": 1, "maxLength": 128},
    "Timestamp": TIMESTAMP,
    "SensorData": {
        "type": "object",
        "description": "Values by name. Numbers are decimals of up to 38 digits and are kept as they were sent. "
        "Names and strings contain no control characters.",
        "minProperties": 1,
        "maxProperties": MAXIMUM_SENSOR_MEMBERS,
        "propertyNames": {"minLength": 1, "maxLength": MAXIMUM_STRING_LENGTH},
        "additionalProperties": {
            "oneOf": [
                {"type": "number"},
                {"type": "string", "maxLength": MAXIMUM_STRING_LENGTH},
                {"type": "boolean"},
            ]
        },
    },
    "Reading": _closed(
        {
            "device_id": reference("DeviceId"),
            "timestamp": {
                **reference("Timestamp"),
                "description": f"Not before api.oldest_timestamp ({DEFAULT_OLDEST_TIMESTAMP}), nor more than "
                "api.maximum_clock_skew_seconds (300) ahead, or as the environment is set.",
            },
            "sensor_data": reference("SensorData"),
        },
        "device_id",
        "sensor_data",
        description="What one device measured at one millisecond; of the server's time where it names none.",
    ),
    "Batch": _closed(
        {
            "readings": {
                "type": "array",
                "minItems": 1,
                "maxItems": MAXIMUM_BATCH_SIZE,
                "description": "Each is judged by itself. The configuration may set a lower maximum.",
                "items": reference("Reading"),
            }
        },
        "readings",
    ),
    "IngestRequest": {"oneOf": [reference("Reading"), reference("Batch")]},
    "Accepted": _open(
        {
            "message": {"const": "accepted"},
            "device_id": reference("DeviceId"),
            "timestamp": {"type": "integer", "description": "Epoch milliseconds."},
        },
        "message",
        "device_id",
        "timestamp",
    ),
    "BatchAccepted": _open(
        {
            "accepted": {"type": "integer", "minimum": 0},
            "rejected": {"type": "array", "items": reference("Rejected")},
        },
        "accepted",
        "rejected",
    ),
    "Rejected": _open(
        {
            "index": {"type": "integer", "minimum": 0, "description": "The reading's place in the batch."},
            "error": reference("Problem"),
        },
        "index",
        "error",
    ),
    "ProcessRequest": _closed(
        {
            "device_id": reference("DeviceId"),
            "start": {**reference("Timestamp"), "description": "The first event time; the earliest where absent."},
            "end": {**reference("Timestamp"), "description": "The last event time, included; the latest where absent."},
            "limit": LIMIT,
            "next_token": NEXT_TOKEN,
        },
        "device_id",
    ),
    "Processed": _open(
        {
            "processed": {"type": "integer", "minimum": 0},
            "failed": {"type": "integer", "minimum": 0},
            "next_token": NEXT_TOKEN,
        },
        "processed",
        "failed",
        "next_token",
    ),
    "ProcessedItem": _open(
        {
            "device_id": reference("DeviceId"),
            "event_date": {"type": "string", "description": "UTC, ISO 8601 with milliseconds."},
            "timestamp": {"type": "integer"},
            "sensor_data": reference("SensorData"),
            "temperature": {"type": "number", "description": f"{_AS_SENT} degrees Celsius."},
            "temperature_celsius": {"type": "number", "description": f"{_AS_SENT} degrees Celsius."},
            "temperature_fahrenheit": {"type": "number", "description": f"{_AS_SENT} degrees Fahrenheit."},
            "broken_rules": {"type": "array", "items": {"type": "string"}},
            "status": {"const": "processed"},
            "processed_at": {"type": "string"},
            "expires_at": {"type": "integer", "description": "Epoch seconds, where the item expires."},
        },
        "device_id",
        "event_date",
        "timestamp",
        "sensor_data",
        "status",
        "processed_at",
    ),
    "RawItem": _open(
        {
            "device_id": reference("DeviceId"),
            "timestamp": {"type": "integer"},
            "sensor_data": reference("SensorData"),
            "received_at": {"type": "string", "description": "UTC, ISO 8601 with milliseconds."},
            "expires_at": {"type": "integer", "description": "Epoch seconds, where the item expires."},
        },
        "device_id",
        "timestamp",
        "sensor_data",
        "received_at",
    ),
    "Items": _open(
        {
            "count": {"type": "integer", "minimum": 0},
            "items": {"type": "array", "items": {"anyOf": [reference("ProcessedItem"), reference("RawItem")]}},
            "next_token": NEXT_TOKEN,
        },
        "count",
        "items",
        "next_token",
    ),
    "Bucket": _open(
        {
            "start": {"type": "string", "description": "The interval's first moment, UTC."},
            "readings": {"type": "integer", "minimum": 1, "description": "Readings in the interval."},
            "complete": {"type": "boolean", "description": "False where a part of it may be on another page."},
            "values": {
                "type": "object",
                "description": "Statistics of each numeric value, by its name.",
                "additionalProperties": {
                    "type": "object",
                    "propertyNames": {"enum": list(STATISTICS)},
                    "additionalProperties": {"type": "number"},
                },
            },
        },
        "start",
        "readings",
        "complete",
        "values",
    ),
    "Series": _open(
        {
            "count": {"type": "integer", "minimum": 0},
            "items": {"type": "array", "items": reference("Bucket")},
            "next_token": NEXT_TOKEN,
            "left_out": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Names whose values were left out, in whole or in part: no numbers, past 200 "
                "names, or sums beyond a number's range.",
            },
            "left_out_count": {
                "type": "integer",
                "description": "How many there are, counted to 1,000; at most 200 are named.",
            },
        },
        "count",
        "items",
        "next_token",
        "left_out",
        "left_out_count",
    ),
    "Problem": {
        **_open(
            {
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "errors": {
                    "type": "array",
                    "items": reference("Fault"),
                    "description": "One entry for each fault of the body or the parameters; absent where neither is at "
                    "fault, as with 401, 403, 429 and 5XX.",
                },
                "chosen_timestamps": {
                    "type": "array",
                    "items": reference("ChosenTimestamp"),
                    "description": "With 503: the times chosen for readings sent without one. Send them along, and "
                    "the retry stores the same readings; a 409 then says that another one took that time, and this "
                    "one is not stored.",
                },
            },
            "title",
            "status",
        ),
        "description": "Problem details, RFC 9457.",
    },
    "ChosenTimestamp": _open(
        {
            "index": {"type": "integer", "minimum": 0},
            "device_id": reference("DeviceId"),
            "timestamp": {"type": "integer"},
        },
        "index",
        "device_id",
        "timestamp",
    ),
    "Fault": _open(
        {
            "pointer": {"type": "string", "description": "A JSON Pointer as a URI fragment, RFC 6901."},
            "detail": {"type": "string"},
        },
        "pointer",
        "detail",
    ),
}
"""The components, by name."""

QUERY_PARAMETERS: Final[dict[str, Schema]] = {
    "device_id": reference("DeviceId"),
    "event_date": {"type": "string", "format": "date", "description": "A UTC day; not together with start and end."},
    "start": {**reference("Timestamp"), "description": "The first event time."},
    "end": {**reference("Timestamp"), "description": "The last event time, included."},
    "table": {"type": "string", "enum": ["processed", "raw"], "default": "processed"},
    "order": {"type": "string", "enum": ["desc", "asc"], "default": "desc", "description": "By event time."},
    "limit": LIMIT,
    "next_token": {"type": "string"},
    "interval": {
        "type": "string",
        "pattern": INTERVAL_PATTERN,
        "description": "Answers a series downsampled to intervals of that length: an ISO 8601 duration from PT1M to "
        "P1D. Intervals begin at multiples of it since 1970, UTC.",
    },
    "statistics": {
        "type": "string",
        "pattern": "^({0})(,({0}))*$".format("|".join(STATISTICS)),
        "default": ",".join(STATISTICS),
        "description": "Of each interval, separated by commas; only with interval.",
    },
}
