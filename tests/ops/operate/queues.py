"""A dead-letter queue and the ingestion queue on moto, with messages in them."""

import json
from dataclasses import dataclass
from typing import Any

from generate.naming import FUNCTIONS, resource_name
from ops.operate.redriving.dead_letters import ALL_MESSAGES, Choice
from ops.operate.redriving.destinations import IngestionQueue
from ops.operate.redriving.moving import DeadLetterQueue, Moved, redrive

NAMES = {name: resource_name(name, "dev") for name in FUNCTIONS}


@dataclass
class Queues:
    """A dead-letter queue and the queue whose messages it receives."""

    sqs: Any
    dead: str
    main: str

    def send_dead_letters(self, *bodies: object, **attributes: str) -> list[str]:
        """Send dead-letter messages; return their ids."""
        typed = {name: {"DataType": "String", "StringValue": text} for name, text in attributes.items()}
        texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
        sent = [self.sqs.send_message(QueueUrl=self.dead, MessageBody=text, MessageAttributes=typed) for text in texts]
        return [each["MessageId"] for each in sent]

    def visible(self, url: str) -> list[str]:
        """The bodies of the messages that can be received from a queue; they stay visible."""
        found: list[Any] = []
        while messages := self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            found += messages
        for each in found:
            assert url == self.dead or "MessageAttributes" not in each
            self.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"], VisibilityTimeout=0)
        return sorted(each["Body"] for each in found)

    def redrive(self, choice: Choice = ALL_MESSAGES, limit: int | None = None, **options: Any) -> Moved:
        """Move messages back to the ingestion queue."""
        destination = IngestionQueue(self.sqs, self.main)
        return redrive(DeadLetterQueue(self.sqs, self.dead), destination, choice, limit, **options)


def message(*devices: str) -> dict[str, Any]:
    return {"version": 2, "readings": [reading(device) for device in devices]}


def reading(device: str) -> dict[str, Any]:
    return {"device_id": device, "timestamp": 1, "sensor_data": {"temp": 1}}
