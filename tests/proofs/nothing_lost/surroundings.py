"""What is around the functions when one of them dies: callers that send again, a queue that delivers again."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from handlers.aws.processed_table import MAXIMUM_WRITES
from handlers.domain.message import MAXIMUM_READINGS
from tests.handlers.moto_pipeline import PROCESSED_TABLE, RAW_TABLE, MotoPipeline, new_device, posted
from tests.proofs.nothing_lost.faults import Fault, Trouble
from tests.proofs.nothing_lost.functions import Ending, Functions
from tests.support.messages import record
from tests.support.stored import once

Document = dict[str, Any]
Stored = dict[tuple[str, int], Any]
"""The value of each reading, by device and time."""

RECEIVES: Final = 3
"""The queue's maxReceiveCount."""
VISIBILITY_SECONDS: Final = 361
"""After which the messages of a function that died come back."""
SHORTEST_DELAY_SECONDS: Final = 60
"""For which the processor puts off what failed once."""
COOL, HOT = 20, 90
"""Degrees below and above the rule's limit."""


@dataclass
class Surroundings:
    """One story: its devices and what they sent, in a world that outlives it.

    Attributes:
        world: Tables, queues, topic and parameter.
        functions: The functions.
        sent: Every reading that was sent.
        clock: Seconds by which the functions' clocks are ahead: how long was waited for messages to come back.
        received: How often each message was received.
    """

    world: MotoPipeline
    functions: Functions
    sent: Stored = field(default_factory=dict)
    clock: int = 0
    received: Counter[str] = field(default_factory=Counter)

    def reading(self, device: str, timestamp: int, value: int) -> Document:
        """A reading that will be sent."""
        self.sent[device, timestamp] = value
        return {"device_id": device, "timestamp": timestamp, "sensor_data": {"temp": value}}

    def one(self) -> Document:
        """A body of one reading."""
        return self.reading(new_device(), 1, HOT)

    def batch(self) -> Document:
        """A body of more readings than a message carries."""
        return self._body(MAXIMUM_READINGS + 2)

    def large(self) -> Document:
        """A body of more readings than a write takes."""
        return self._body(MAXIMUM_WRITES + 3)

    def _body(self, size: int) -> Document:
        """Readings of two devices, both of which end hot; one is there twice, in the first message and the last."""
        first, second = new_device(), new_device()
        many = [(second, number, HOT) for number in range(1, size - 2)]
        each = [(first, 1, COOL), (first, 2, HOT), *many, (first, 2, HOT)]
        return {"readings": [self.reading(*reading) for reading in each]}

    def send(self, body: Document, trouble: Trouble | None = None) -> Ending:
        """Post to `/ingest`."""
        return self.functions.invoke("ingestion", posted("ingest", body), trouble, self.clock)

    def replay(self, device: str, trouble: Trouble | None = None) -> Ending:
        """Post to `/process`."""
        return self.functions.invoke("processor", posted("process", {"device_id": device}), trouble, self.clock)

    def raw_alone(self) -> str:
        """Have readings of one device stored that are in no queue: a caller's who never sends again.

        Returns:
            The device.
        """
        device = new_device()
        readings = [self.reading(device, number, value) for number, value in enumerate((COOL, HOT))]
        unqueued = Trouble(Fault.ACCESS_DENIED, operation="SendMessageBatch")
        assert status_of(self.send({"readings": readings}, unqueued)) == 503
        return device

    def enqueue(self, body: object) -> None:
        """Put something straight into the queue."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.world.sqs.send_message(QueueUrl=self.world.queue_url, MessageBody=text)

    def deliver(self, trouble: Trouble | None = None) -> Ending | None:
        """Do what the event source mapping does with one batch: receive, invoke, delete what is done.

        What is not done comes back at once, and the functions' clocks go on by the time that it would have taken.

        Returns:
            How the invocation ended; None where there was no message.
        """
        messages = receive(self.world, self.world.queue_url)
        if not messages:
            return None
        self.received.update(message["MessageId"] for message in messages)
        records = [record(message) for message in messages]
        ending = self.functions.invoke("processor", {"Records": records}, trouble, self.clock)
        self._settle(records, ending)
        return ending

    def drain(self, trouble: Trouble | None = None) -> list[Ending]:
        """Deliver until the queue is empty."""
        endings = []
        while ending := self.deliver(trouble):
            endings.append(ending)
            assert len(endings) < 20, "the queue is never empty"
        return endings

    def raw(self) -> Stored:
        """What is stored of this story's devices."""
        items = [item for device in self._devices() for item in self.world.items_of(RAW_TABLE, device)]
        return once(items, lambda item: item["sensor_data"]["temp"])

    def processed(self) -> Stored:
        """What is processed of them."""
        items = [item for device in self._devices() for item in self.world.items_of(PROCESSED_TABLE, device)]
        assert all(
            item["status"] == "processed" and item["temperature"] == item["temperature_celsius"] for item in items
        )
        return once(items, lambda item: item["temperature"])

    def dead_letters(self) -> list[Document]:
        """Take what is in the dead-letter queue."""
        return take(self.world, self.world.dead_letter_queue_url)

    def devices_told(self) -> set[str]:
        """The devices of which subscribers have been told since that they are hot."""
        told = [json.loads(message["Body"]) for message in take(self.world, self.world.notification_queue_url)]
        return {each["device_id"] for each in told if each["state"] == "alert"}

    def hot_devices(self) -> set[str]:
        """Those of which subscribers have to be told."""
        return {device for (device, _), value in self.sent.items() if value == HOT}

    def assert_whole(self, *poison: str) -> None:
        """All that was sent is raw and processed, subscribers know, and what is no reading is away with its reason."""
        assert self.raw() == self.sent
        assert self.processed() == self.sent
        assert self.devices_told() == self.hot_devices()
        letters = self.dead_letters()
        assert {letter["Body"] for letter in letters} == set(poison)
        assert all(letter["MessageAttributes"]["reason"]["StringValue"] for letter in letters)
        assert self.deliver() is None

    def _devices(self) -> set[str]:
        return {device for device, _ in self.sent}

    def _settle(self, records: list[Document], ending: Ending) -> None:
        failures = (ending.answer or {}).get("batchItemFailures", ())
        failed = {failure["itemIdentifier"] for failure in failures}
        done, again = [], []
        for each in records:
            handle = {"Id": each["messageId"], "ReceiptHandle": each["receiptHandle"]}
            if ending.answer is not None and each["messageId"] not in failed:
                done.append(handle)
            else:
                again.append({**handle, "VisibilityTimeout": 0})
        if done:
            self.world.sqs.delete_message_batch(QueueUrl=self.world.queue_url, Entries=done)
        if again:
            self.world.sqs.change_message_visibility_batch(QueueUrl=self.world.queue_url, Entries=again)
        self.clock += VISIBILITY_SECONDS if ending.killed else SHORTEST_DELAY_SECONDS


def take(world: MotoPipeline, url: str) -> list[Document]:
    """Take all messages of a queue out of it."""
    taken: list[Document] = []
    while messages := receive(world, url):
        taken += messages
        handles = [{"Id": each["MessageId"], "ReceiptHandle": each["ReceiptHandle"]} for each in messages]
        world.sqs.delete_message_batch(QueueUrl=url, Entries=handles)
    return taken


def receive(world: MotoPipeline, url: str) -> list[Document]:
    """Receive some messages of a queue."""
    received: list[Document] = world.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
    ).get("Messages", [])
    return received


def status_of(ending: Ending) -> int | None:
    """The status that a caller was answered with, if it was."""
    return ending.answer["statusCode"] if ending.answer else None
