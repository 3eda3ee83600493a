"""Stories of the functions at work, each of which needs a grant: it begins, is tried, and ends well.

An attempt can be made again: what failed without the grant succeeds with it, and nothing was lost in between.
"""

import json
import time
from http import HTTPStatus
from typing import Any

from typing_extensions import override

from handlers.aws.alert_state import table_key
from ops.aws.api_client import Answer
from tests.proofs.privilege.scene import Delivery, Scene
from tests.support.running import eventually

WELL, HOT = 20, 99
"""Temperatures within and outside of the rule of the sample (`tests/support/sample/`)."""


class Story:
    """One way to use a grant."""

    def __init__(self, scene: Scene, device: str | None = None) -> None:
        self.scene = scene
        self.device = device or scene.new_device()
        self.log = ""

    def begin(self) -> None:
        """Prepare what the attempt needs."""

    def attempt(self) -> bool:
        """Use the grant; whether all went well. What was logged is in `log`."""
        raise NotImplementedError

    def finish(self) -> None:
        """Bring it to its end after an attempt that went well."""


class Request(Story):
    """A request to the API, which is answered 503 where AWS refuses something to the function."""

    function = "ingestion"

    def send(self) -> Answer:
        """Send the request."""
        raise NotImplementedError

    @override
    def attempt(self) -> bool:
        start = time.time()
        answer = self.send()
        self.log = self.scene.log_since(self.function, start)
        if answer.status == HTTPStatus.OK:
            return self.is_answered(answer.document())
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE, answer
        assert answer.headers["retry-after"]
        return False

    def is_answered(self, document: Any) -> bool:  # noqa: ARG002 - to be refined
        """Whether the answer says what it should."""
        return True


class Ingesting(Request):
    """A reading is stored and queued."""

    @override
    def send(self) -> Answer:
        return self.scene.ingest(self.device, WELL)

    @override
    def finish(self) -> None:
        take_through(self.scene, self.device)


class IngestingAfresh(Ingesting):
    """A batch, whose greatest size stands in the configuration, which the function has not read yet."""

    @override
    def begin(self) -> None:
        self.scene.make_cold(self.function)

    @override
    def send(self) -> Answer:
        return self.scene.api.post("/ingest", {"readings": [self.scene.reading(self.device, WELL)]})

    @override
    def is_answered(self, document: Any) -> bool:
        return bool(document["accepted"] == 1)


class Replaying(Request):
    """What is raw is processed again."""

    function = "processor"

    @override
    def begin(self) -> None:
        assert self.scene.ingest(self.device, WELL).status == HTTPStatus.OK

    @override
    def send(self) -> Answer:
        return self.scene.api.post("/process", {"device_id": self.device})

    @override
    def is_answered(self, document: Any) -> bool:
        return bool(document["processed"] == 1)

    @override
    def finish(self) -> None:
        assert self.scene.is_processed(self.device)
        take_through(self.scene, self.device)


class Querying(Request):
    """A table is read."""

    function = "query"

    def __init__(self, scene: Scene, table: str) -> None:
        super().__init__(scene)
        self.table = table

    @override
    def begin(self) -> None:
        story = Processing(self.scene, self.device)
        story.begin()
        assert story.attempt()
        self.scene.delete(story.record)

    @override
    def send(self) -> Answer:
        return self.scene.api.get("/query", {"device_id": self.device, "table": self.table})

    @override
    def is_answered(self, document: Any) -> bool:
        return bool(document["count"] == 1)


class Processing(Story):
    """A queued reading that breaks a rule is processed, and told."""

    record: dict[str, Any]

    @override
    def begin(self) -> None:
        assert self.scene.ingest(self.device, HOT).status == HTTPStatus.OK
        self.record = self.scene.take(self.device)

    @override
    def attempt(self) -> bool:
        return self.deliver().is_done

    def deliver(self) -> Delivery:
        """Give the message to the processor."""
        delivery = self.scene.deliver(self.record)
        self.log = delivery.log
        return delivery

    @override
    def finish(self) -> None:
        assert self.scene.is_processed(self.device)
        (state,) = self.scene.alert_states(self.device)
        assert state["is_told"] is True
        self.scene.delete(self.record)


class ProcessingAfresh(Processing):
    """The same, by a processor that has not read its configuration yet."""

    @override
    def begin(self) -> None:
        super().begin()
        self.scene.make_cold("processor")


class PuttingAside(Processing):
    """What is no reading goes to the dead-letter queue."""

    @override
    def begin(self) -> None:
        self.scene.devices.remove(self.device)  # there is no reading to be processed
        self.scene.put_in_queue(json.dumps({"poison": self.device}))
        self.record = self.scene.take(self.device)

    @override
    def finish(self) -> None:
        url = self.scene.output("DeadLetterQueueUrl")
        letter = eventually(self._letter)
        self.scene.sqs.delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])
        self.scene.delete(self.record)

    def _letter(self) -> Any:
        answer = self.scene.sqs.receive_message(
            QueueUrl=self.scene.output("DeadLetterQueueUrl"), MaxNumberOfMessages=10, VisibilityTimeout=5
        )
        return next((each for each in answer.get("Messages", ()) if self.device in each["Body"]), None)


class PuttingOff(Processing):
    """Another invocation is about to tell an alert: the processor looks whether it has, then puts its message off."""

    @override
    def begin(self) -> None:
        super().begin()
        assert super().attempt()
        self._claim("SET claimed_until = :value, claimed_alert = is_alert", {"N": "9999999999999"})

    @override
    def attempt(self) -> bool:
        delivery = self.deliver()
        assert not delivery.is_done
        return "publish: claimed by another invocation" in delivery.log and "AccessDenied" not in delivery.log

    @override
    def finish(self) -> None:
        self._claim("SET claimed_until = :value", {"N": "0"})
        assert super().attempt()
        super().finish()

    def _claim(self, update: str, value: Any) -> None:
        self.scene.dynamodb.update_item(
            TableName=self.scene.output("ProcessedDataTableName"),
            Key=table_key((self.device, "temperature")),
            UpdateExpression=update,
            ExpressionAttributeValues={":value": value},
        )


def take_through(scene: Scene, device: str) -> None:
    """Let the device's one message be processed, so that the queue is as it was."""
    record = scene.take(device)
    assert scene.deliver(record).is_done
    scene.delete(record)
    assert scene.is_processed(device)
