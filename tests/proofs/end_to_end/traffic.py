"""Devices that send readings as the API contract asks, whatever happens to the API meanwhile."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from handlers.domain.message import from_body
from ops.aws.api_client import ApiClient
from ops.local.pipeline import Pipeline
from ops.operate.redriving.moving import DeadLetterQueue
from ops.project.errors import OpsError
from tests.support.running_pipeline import eventually
from tests.support.stored_items import Key, items, once

CLIENTS: Final = 4
"""More clients would be slow on the embedded AWS."""
MINIMUM_READINGS: Final = 60
"""Each client sends at least so many."""
_BATCH: Final = 5
_PATIENCE: Final = 300
"""Seconds for which a client repeats a reading: enough for two restarts on a busy machine."""
_PAUSE: Final = 0.2
_SHOWN: Final = 160
"""Characters of a refusal."""
_DONE: Final = (200, 207)

Readings = dict[Key, Decimal]


@dataclass
class Traffic:
    """Several clients, each with its own device.

    Attributes:
        pipeline: The pipeline that they send to.
        prefix: Begins their devices' ids.
        sent: Every reading that was sent, by device and time.
        acknowledged: Those that were answered 200.
        answers: The number of answers by status and, of refusals, text; status 0 is no answer.
    """

    pipeline: Pipeline
    prefix: str
    sent: Readings = field(default_factory=dict)
    acknowledged: Readings = field(default_factory=dict)
    answers: Counter[tuple[int, str]] = field(default_factory=Counter)
    _enough: threading.Event = field(default_factory=threading.Event)
    _clients: list[Future[None]] = field(default_factory=list)

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Let clients send until the block ends, and until each has sent `MINIMUM_READINGS`."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            self._clients = [pool.submit(self._client, number) for number in range(CLIENTS)]
            try:
                yield
            finally:
                self._enough.set()
            for client in self._clients:
                client.result()

    def await_more(self, number: int) -> None:
        """Wait until so many more readings are acknowledged."""
        aim = len(self.acknowledged) + number

        def look() -> bool | None:
            for client in self._clients:
                if client.done():
                    client.result()  # raises the error that ended it
            return len(self.acknowledged) >= aim or None

        eventually(look, _PATIENCE)

    def devices(self) -> list[str]:
        """The clients' devices."""
        return [f"{self.prefix}-{number}" for number in range(CLIENTS)]

    def raw(self) -> Readings:
        """Their raw readings."""
        return self._stored("RawSensorTableName", lambda item: item["sensor_data"]["temp"])

    def processed(self) -> Readings:
        """Their processed readings."""
        return self._stored("ProcessedDataTableName", lambda item: item["temperature"])

    def dead_letters(self) -> dict[str, tuple[set[Key], str]]:
        """The readings and the reason of each of their dead-letter messages, by message id."""
        url = self.pipeline.outputs["DeadLetterQueueUrl"]
        with DeadLetterQueue(self.pipeline.administrator.sqs(), url) as queue:
            received = [message for batch in queue.receive() for message in batch]
        own = [message for message in received if set(message.devices) & set(self.devices())]
        return {message.message_id: (_keys(message.body), message.reason) for message in own}

    def _client(self, number: int) -> None:
        api, device, start = ApiClient(self.pipeline.api, self.pipeline.caller), self.devices()[number], 0
        while start < MINIMUM_READINGS or not self._enough.is_set():
            size = _BATCH if start % 2 else 1
            readings = [self._reading(device, 1_700_000_000_000 + start + offset) for offset in range(size)]
            self._send(api, {"readings": readings} if size > 1 else readings[0])
            self.acknowledged |= {key: self.sent[key] for key in map(_key, readings)}
            start += size

    def _reading(self, device: str, timestamp: int) -> dict[str, Any]:
        value = Decimal(timestamp % 50) / 2  # never an alert, whose retries would take many minutes
        self.sent[device, timestamp] = value
        return {"device_id": device, "timestamp": timestamp, "sensor_data": {"temp": float(value)}}

    def _send(self, api: ApiClient, body: dict[str, Any]) -> None:
        """Send a body until it is acknowledged: to send the same body again is safe."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            status, text = _answer(api, body)
            self.answers[status, "" if status in _DONE else text[:_SHOWN]] += 1
            if status in _DONE:
                return
            assert status in (0, 429) or status >= 500, f"the API answered {status}: {text}"
            assert time.monotonic() < deadline, f"the API answered nothing but {self.answers}"
            time.sleep(_PAUSE)

    def _stored(self, output: str, value: Callable[[dict[str, Any]], Decimal]) -> Readings:
        dynamodb, table = self.pipeline.administrator.dynamodb(), self.pipeline.outputs[output]
        found = [item for device in self.devices() for item in items(dynamodb, table, device)]
        return once(found, value)


def _keys(body: str) -> set[Key]:
    return {reading.key for reading in from_body(body).readings.values()}


def _key(reading: dict[str, Any]) -> Key:
    return reading["device_id"], reading["timestamp"]


def _answer(api: ApiClient, body: dict[str, Any]) -> tuple[int, str]:
    try:
        answer = api.post("/ingest", body)
    except OpsError:
        return 0, "no answer"
    return answer.status, answer.text
