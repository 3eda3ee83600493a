"""The functions' environment and readings, and an AWS in memory that counts calls and costs next to nothing."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from handlers.aws import clients

VARIABLES: Final = {
    "ENVIRONMENT": "bench",
    "RAW_TABLE_NAME": "raw",
    "PROCESSED_TABLE_NAME": "processed",
    "QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/ingestion",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/dead",
    "ALERT_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:alerts",
    "CONFIG_PARAMETER": "config",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "POWERTOOLS_LOG_LEVEL": "INFO",
}
"""The functions' environment variables, in both designs."""
_CONFIGURATION: Final = {"batch_size": 100, "processing_timeout": 60, "rules": {"temperature": {"min": -40, "max": 85}}}
_OPERATIONS: Final[Mapping[str, tuple[str, Any]]] = {
    "get_parameter": ("ssm:GetParameter", {"Parameter": {"Value": json.dumps(_CONFIGURATION)}}),
    "put_item": ("dynamodb:PutItem", {}),
    "batch_write_item": ("dynamodb:BatchWriteItem", {"UnprocessedItems": {}}),
    "query": ("dynamodb:Query", {"Items": []}),
    "batch_get_item": ("dynamodb:BatchGetItem", {"Responses": {}, "UnprocessedKeys": {}}),
    "send_message": ("sqs:SendMessage", {"MessageId": "id"}),
    "send_message_batch": ("sqs:SendMessageBatch", {"Successful": [], "Failed": []}),
    "change_message_visibility_batch": ("sqs:ChangeMessageVisibilityBatch", {"Successful": [], "Failed": []}),
}
"""Each operation, and what a healthy AWS answers while no device is in alert, by the client's method."""


class AwsInMemory:
    """One client for all services. It has the operations that the functions call.

    Attributes:
        calls: How often each operation was called.
        bodies: The bodies of the messages sent, in order.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.bodies: list[str] = []

    def use(self) -> None:
        """Let this project's functions call it from now on; they must not have made their clients yet."""
        for service in ("dynamodb", "sqs", "sns", "ssm"):
            setattr(clients, service, lambda: self)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        operation, answer = _OPERATIONS[method]

        def call(**arguments: Any) -> Any:
            self.calls[operation] += 1
            messages = arguments.get("Entries", [arguments])
            self.bodies += [message["MessageBody"] for message in messages if "MessageBody" in message]
            return answer

        setattr(self, method, call)
        return call


def readings(count: int, device: str = "sensor-1") -> list[dict[str, Any]]:
    """Readings of one device, a second apart: three numbers, a text and a flag, like a weather station's."""
    values = {"temp": 21.5, "humidity": 48.25, "pressure": 1013.2, "status": "ok", "indoor": True}
    times = range(1_795_342_530_000, 1_795_342_530_000 + count * 1000, 1000)
    return [{"device_id": device, "timestamp": time, "sensor_data": values} for time in times]


def request(batch: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The body of a request: a reading by itself, or several as a batch."""
    return batch[0] if len(batch) == 1 else {"readings": batch}
