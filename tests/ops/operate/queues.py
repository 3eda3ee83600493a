"""A dead-letter queue to bring letters back from, and what lies in it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generate.naming import FUNCTIONS, resource_name
from ops.operate.redriving.destination import IngestionQueue
from ops.operate.redriving.holding import HeldLetters
from ops.operate.redriving.letter import Letter
from ops.operate.redriving.moving import Mover

NAMES = {name: resource_name(name, "dev") for name in FUNCTIONS}


@dataclass
class Queues:
    """A dead-letter queue and the queue that its letters came from."""

    sqs: Any
    dead: str
    main: str

    def bury(self, *bodies: object, **attributes: str) -> list[str]:
        """Send dead letters; their ids."""
        typed = {name: {"DataType": "String", "StringValue": text} for name, text in attributes.items()}
        texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
        sent = [self.sqs.send_message(QueueUrl=self.dead, MessageBody=text, MessageAttributes=typed) for text in texts]
        return [each["MessageId"] for each in sent]

    def visible(self, url: str) -> list[str]:
        """The bodies of what can be received of a queue, which is then left visible."""
        found: list[Any] = []
        while messages := self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            found += messages
        for each in found:
            assert url == self.dead or "MessageAttributes" not in each
            self.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"], VisibilityTimeout=0)
        return sorted(each["Body"] for each in found)

    def mover(self, on_letter: Callable[[Letter], None] = lambda _: None) -> Mover:
        """What moves them."""
        return Mover(HeldLetters(self.sqs, self.dead), IngestionQueue(self.sqs, self.main), on_letter)


def message(*devices: str) -> dict[str, Any]:
    return {"version": 2, "readings": [reading(device) for device in devices]}


def reading(device: str) -> dict[str, Any]:
    return {"device_id": device, "timestamp": 1, "sensor_data": {"temp": 1}}
