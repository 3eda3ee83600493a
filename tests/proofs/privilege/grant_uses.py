"""Uses of grants by the functions. Each one is prepared, attempted and finished.

An attempt can be repeated: what failed without the grant succeeds with it, and nothing is lost meanwhile.
"""

import json
import time
from http import HTTPStatus
from typing import Any

from typing_extensions import override

from handlers.aws.alert_state import table_key
from ops.aws.api_client import Answer
from tests.proofs.privilege.driver import Delivery, Driver
from tests.support.running_pipeline import eventually

NORMAL, HOT = 20, 99
"""Temperatures within and outside of the rule of the sample (`tests/support/sample/`)."""


class GrantUse:
    """A use of a grant."""

    def __init__(self, driver: Driver, device: str | None = None) -> None:
        self.driver = driver
        self.device = device or driver.new_device()
        self.log = ""

    def prepare(self) -> None:
        """Prepare what the attempt needs."""

    def attempt(self) -> bool:
        """Use the grant; return whether it succeeded. The function's log is in `log`."""
        raise NotImplementedError

    def finish(self) -> None:
        """Check the result of a successful attempt, and clean up."""


class Request(GrantUse):
    """A request to the API, which is answered 503 where AWS refuses a call of the function."""

    function = "ingestion"

    def send(self) -> Answer:
        """Send the request."""
        raise NotImplementedError

    @override
    def attempt(self) -> bool:
        start = time.time()
        answer = self.send()
        self.log = self.driver.log_since(self.function, start)
        if answer.status == HTTPStatus.OK:
            return self.is_answered(answer.document())
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE, answer
        assert answer.headers["retry-after"]
        return False

    def is_answered(self, document: Any) -> bool:  # noqa: ARG002 - to be refined
        """Whether the answer is as expected."""
        return True


class Ingest(Request):
    """A reading is stored and queued."""

    @override
    def send(self) -> Answer:
        return self.driver.ingest(self.device, NORMAL)

    @override
    def finish(self) -> None:
        process_queued_message(self.driver, self.device)


class IngestAfterColdStart(Ingest):
    """A batch, whose maximum size is in the configuration, which the function has not read yet."""

    @override
    def prepare(self) -> None:
        self.driver.force_cold_start(self.function)

    @override
    def send(self) -> Answer:
        return self.driver.api.post("/ingest", {"readings": [self.driver.reading(self.device, NORMAL)]})

    @override
    def is_answered(self, document: Any) -> bool:
        return bool(document["accepted"] == 1)


class Replay(Request):
    """A raw reading is processed again."""

    function = "processor"

    @override
    def prepare(self) -> None:
        assert self.driver.ingest(self.device, NORMAL).status == HTTPStatus.OK

    @override
    def send(self) -> Answer:
        return self.driver.api.post("/process", {"device_id": self.device})

    @override
    def is_answered(self, document: Any) -> bool:
        return bool(document["processed"] == 1)

    @override
    def finish(self) -> None:
        assert self.driver.is_processed(self.device)
        process_queued_message(self.driver, self.device)


class Query(Request):
    """A table is read."""

    function = "query"

    def __init__(self, driver: Driver, table: str) -> None:
        super().__init__(driver)
        self.table = table

    @override
    def prepare(self) -> None:
        process = Process(self.driver, self.device)
        process.prepare()
        assert process.attempt()
        self.driver.delete(process.record)

    @override
    def send(self) -> Answer:
        return self.driver.api.get("/query", {"device_id": self.device, "table": self.table})

    @override
    def is_answered(self, document: Any) -> bool:
        return bool(document["count"] == 1)


class Process(GrantUse):
    """A queued reading that breaks a rule is processed, and subscribers are notified."""

    record: dict[str, Any]

    @override
    def prepare(self) -> None:
        assert self.driver.ingest(self.device, HOT).status == HTTPStatus.OK
        self.record = self.driver.receive(self.device)

    @override
    def attempt(self) -> bool:
        return self.deliver().is_done

    def deliver(self) -> Delivery:
        """Invoke the processor with the message."""
        delivery = self.driver.deliver(self.record)
        self.log = delivery.log
        return delivery

    @override
    def finish(self) -> None:
        assert self.driver.is_processed(self.device)
        (state,) = self.driver.alert_states(self.device)
        assert state["is_told"] is True
        self.driver.delete(self.record)


class ProcessAfterColdStart(Process):
    """The same, by a processor that has not read its configuration yet."""

    @override
    def prepare(self) -> None:
        super().prepare()
        self.driver.force_cold_start("processor")


class DeadLetter(Process):
    """An invalid message is dead-lettered."""

    @override
    def prepare(self) -> None:
        self.driver.devices.remove(self.device)  # it has no reading to process
        self.driver.enqueue(json.dumps({"poison": self.device}))
        self.record = self.driver.receive(self.device)

    @override
    def finish(self) -> None:
        url = self.driver.output("DeadLetterQueueUrl")
        message = eventually(self._dead_letter)
        self.driver.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        self.driver.delete(self.record)

    def _dead_letter(self) -> Any:
        answer = self.driver.sqs.receive_message(
            QueueUrl=self.driver.output("DeadLetterQueueUrl"), MaxNumberOfMessages=10, VisibilityTimeout=5
        )
        return next((each for each in answer.get("Messages", ()) if self.device in each["Body"]), None)


class Defer(Process):
    """Another invocation has claimed the notification of an alert: the processor checks it, and defers its message."""

    @override
    def prepare(self) -> None:
        super().prepare()
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
        self.driver.dynamodb.update_item(
            TableName=self.driver.output("ProcessedDataTableName"),
            Key=table_key((self.device, "temperature")),
            UpdateExpression=update,
            ExpressionAttributeValues={":value": value},
        )


def process_queued_message(driver: Driver, device: str) -> None:
    """Process the device's only message, so that the queue is empty again."""
    record = driver.receive(device)
    assert driver.deliver(record).is_done
    driver.delete(record)
    assert driver.is_processed(device)
