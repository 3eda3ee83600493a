"""What surrounds the functions in a proof: callers that send again, and a queue that redelivers."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from handlers.aws.processed_table import MAXIMUM_WRITES
from handlers.domain.message import MAXIMUM_READINGS
from tests.handlers.moto_pipeline import PROCESSED_TABLE, RAW_TABLE, MotoPipeline, new_device, posted
from tests.proofs.nothing_lost.faults import Fault, InjectedFault
from tests.proofs.nothing_lost.function_process import FunctionProcess, Outcome
from tests.support.event_records import record
from tests.support.stored_items import once

Document = dict[str, Any]
Stored = dict[tuple[str, int], Any]
"""The value of each reading, by device and time."""

RECEIVES: Final = 3
"""The queue's maxReceiveCount."""
VISIBILITY_SECONDS: Final = 361
"""After which the messages of a killed function are redelivered."""
SHORTEST_DELAY_SECONDS: Final = 60
"""For which the processor defers a message that failed once."""
COOL, HOT = 20, 90
"""Degrees below and above the rule's limit."""


@dataclass
class Scenario:
    """Devices and what they sent, in a world that later scenarios use too.

    Attributes:
        world: Tables, queues, topic and parameter.
        functions: The functions.
        sent: Every reading that was sent.
        clock: By how many seconds the functions' clocks are ahead: the time until messages were redelivered.
        received: How often each message was received.
    """

    world: MotoPipeline
    functions: FunctionProcess
    sent: Stored = field(default_factory=dict)
    clock: int = 0
    received: Counter[str] = field(default_factory=Counter)

    def reading(self, device: str, timestamp: int, value: int) -> Document:
        """A reading that will be sent."""
        self.sent[device, timestamp] = value
        return {"device_id": device, "timestamp": timestamp, "sensor_data": {"temp": value}}

    def one(self) -> Document:
        """A body with one reading."""
        return self.reading(new_device(), 1, HOT)

    def batch(self) -> Document:
        """A body with more readings than a message carries."""
        return self._body(MAXIMUM_READINGS + 2)

    def large(self) -> Document:
        """A body with more readings than one write takes."""
        return self._body(MAXIMUM_WRITES + 3)

    def _body(self, size: int) -> Document:
        """Readings of two devices, whose last values are above the limit; one is in the first and the last message."""
        first, second = new_device(), new_device()
        many = [(second, number, HOT) for number in range(1, size - 2)]
        each = [(first, 1, COOL), (first, 2, HOT), *many, (first, 2, HOT)]
        return {"readings": [self.reading(*reading) for reading in each]}

    def send(self, body: Document, injected: InjectedFault | None = None) -> Outcome:
        """Post to `/ingest`."""
        return self.functions.invoke("ingestion", posted("ingest", body), injected, self.clock)

    def replay(self, device: str, injected: InjectedFault | None = None) -> Outcome:
        """Post to `/process`."""
        return self.functions.invoke("processor", posted("process", {"device_id": device}), injected, self.clock)

    def store_raw_only(self) -> str:
        """Store readings of one device that are in no queue, because their caller does not send again.

        Returns:
            The device.
        """
        device = new_device()
        readings = [self.reading(device, number, value) for number, value in enumerate((COOL, HOT))]
        unqueued = InjectedFault(Fault.ACCESS_DENIED, operation="SendMessageBatch")
        assert status_of(self.send({"readings": readings}, unqueued)) == 503
        return device

    def enqueue(self, body: object) -> None:
        """Send a message to the queue directly."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.world.sqs.send_message(QueueUrl=self.world.queue_url, MessageBody=text)

    def deliver(self, injected: InjectedFault | None = None) -> Outcome | None:
        """Do what the event source mapping does with one batch: receive, invoke, delete what succeeded.

        What failed is visible again at once, and the functions' clocks advance by its visibility timeout.

        Returns:
            The invocation's outcome; None where there was no message.
        """
        messages = receive_messages(self.world, self.world.queue_url)
        if not messages:
            return None
        self.received.update(message["MessageId"] for message in messages)
        records = [record(message) for message in messages]
        outcome = self.functions.invoke("processor", {"Records": records}, injected, self.clock)
        self._settle(records, outcome)
        return outcome

    def drain(self, injected: InjectedFault | None = None) -> list[Outcome]:
        """Deliver until the queue is empty."""
        outcomes = []
        while outcome := self.deliver(injected):
            outcomes.append(outcome)
            assert len(outcomes) < 20, "the queue is never empty"
        return outcomes

    def raw(self) -> Stored:
        """The raw readings of this scenario's devices."""
        items = [item for device in self._devices() for item in self.world.items_of(RAW_TABLE, device)]
        return once(items, lambda item: item["sensor_data"]["temp"])

    def processed(self) -> Stored:
        """Their processed readings."""
        items = [item for device in self._devices() for item in self.world.items_of(PROCESSED_TABLE, device)]
        assert all(
            item["status"] == "processed" and item["temperature"] == item["temperature_celsius"] for item in items
        )
        return once(items, lambda item: item["temperature"])

    def dead_letters(self) -> list[Document]:
        """Take all messages out of the dead-letter queue."""
        return take_messages(self.world, self.world.dead_letter_queue_url)

    def notified_devices(self) -> set[str]:
        """The devices that subscribers were notified of since the last call."""
        alerts = [
            json.loads(message["Body"]) for message in take_messages(self.world, self.world.notification_queue_url)
        ]
        return {alert["device_id"] for alert in alerts if alert["state"] == "alert"}

    def devices_above_limit(self) -> set[str]:
        """Those that subscribers must be notified of."""
        return {device for (device, _), value in self.sent.items() if value == HOT}

    def assert_complete(self, *poison: str) -> None:
        """All readings are stored and processed, subscribers notified, and `poison` is dead-lettered with a reason."""
        assert self.raw() == self.sent
        assert self.processed() == self.sent
        assert self.notified_devices() == self.devices_above_limit()
        messages = self.dead_letters()
        assert {message["Body"] for message in messages} == set(poison)
        assert all(message["MessageAttributes"]["reason"]["StringValue"] for message in messages)
        assert self.deliver() is None

    def _devices(self) -> set[str]:
        return {device for device, _ in self.sent}

    def _settle(self, records: list[Document], outcome: Outcome) -> None:
        failures = (outcome.answer or {}).get("batchItemFailures", ())
        failed = {failure["itemIdentifier"] for failure in failures}
        done, again = [], []
        for each in records:
            handle = {"Id": each["messageId"], "ReceiptHandle": each["receiptHandle"]}
            if outcome.answer is not None and each["messageId"] not in failed:
                done.append(handle)
            else:
                again.append({**handle, "VisibilityTimeout": 0})
        if done:
            self.world.sqs.delete_message_batch(QueueUrl=self.world.queue_url, Entries=done)
        if again:
            self.world.sqs.change_message_visibility_batch(QueueUrl=self.world.queue_url, Entries=again)
        self.clock += VISIBILITY_SECONDS if outcome.killed else SHORTEST_DELAY_SECONDS


def take_messages(world: MotoPipeline, url: str) -> list[Document]:
    """Receive and delete all messages of a queue."""
    taken: list[Document] = []
    while messages := receive_messages(world, url):
        taken += messages
        handles = [{"Id": each["MessageId"], "ReceiptHandle": each["ReceiptHandle"]} for each in messages]
        world.sqs.delete_message_batch(QueueUrl=url, Entries=handles)
    return taken


def receive_messages(world: MotoPipeline, url: str) -> list[Document]:
    """Receive some messages of a queue."""
    received: list[Document] = world.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
    ).get("Messages", [])
    return received


def status_of(outcome: Outcome) -> int | None:
    """The HTTP status of an outcome, or None where the caller got no answer."""
    return outcome.answer["statusCode"] if outcome.answer else None
