"""Counts what the real functions ask of AWS and log, on the small AWS of `tests.handlers.moto_pipeline`.

`counted` is all that a caller needs; it works outside of pytest, too, and leaves nothing behind.
"""

import contextlib
import io
import json
import logging
import os
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from unittest import mock

from moto import mock_aws

from handlers import ingestion, observability, processor, settings
from handlers.aws import clients
from handlers.domain.timestamps import now
from tests.handlers.fakes import Context
from tests.handlers.moto_pipeline import CONFIG_PARAMETER, CONFIGURATION, MotoPipeline, event

REGION: Final = "us-east-1"


@dataclass
class Counted:
    """The AWS calls and the log output.

    Attributes:
        calls: calls by operation, in AWS's spelling.
        entries: what they carried: items, messages.
        logged: bytes that each function logged, its metrics included; Lambda's own lines are not in it.
        lines: how many lines those were, by function.
        invocations: by function.
        messages: how many went through the queue.
    """

    calls: Counter[str] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)
    logged: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    invocations: Counter[str] = field(default_factory=Counter)
    messages: int = 0


def counted(
    readings: int, batch: int, *, processed_in: int = 100, devices: int | None = None, rules: bool = True
) -> Counted:
    """Send readings through both functions, warm after their first invocation, and count.

    Args:
        readings: how many; a multiple of `batch`.
        batch: readings in a request; 1 sends single ones.
        processed_in: messages in a batch of the processor; each carries as many readings as a request packs.
        devices: how many the readings come from, in turn; each from its own by default.
        rules: whether the readings are under an alert rule, within its limits.
    """
    found = Counted()
    with _small_aws(rules=rules) as world, _recorded(found):
        sent = list(_readings(readings, devices or readings))
        for start in range(0, readings, batch):
            body = {"readings": sent[start : start + batch]} if batch > 1 else sent[start]
            with _logged(found, "ingestion"):
                answer = ingestion.lambda_handler(_posted(body), Context())
            if answer["statusCode"] != 200:
                raise AssertionError(answer)
        messages = world.queued()
        found.messages = len(messages)
        for start in range(0, len(messages), processed_in):
            with _logged(found, "processor"):
                failed = world.process(*messages[start : start + processed_in])["batchItemFailures"]
            if failed:
                raise AssertionError(failed)
    return found


def _readings(number: int, devices: int) -> Iterator[dict[str, Any]]:
    moment = now()
    for index in range(number):
        timestamp = moment - number + index
        yield {
            "device_id": f"sensor-{index % devices:013}",
            "timestamp": timestamp,
            "sensor_data": {"temperature": 21.5, "humidity": 40.25, "battery": 87},
        }


def _posted(body: object) -> dict[str, Any]:
    """A request with an id of its own, as API Gateway gives each."""
    posted = event("ingest")
    posted["body"] = json.dumps(body)
    posted["requestContext"]["requestId"] = str(uuid.uuid4())
    return posted


@contextlib.contextmanager
def _logged(found: Counted, function: str) -> Iterator[None]:
    """Count an invocation and the bytes that it writes: log lines, and metrics on the standard output."""
    handler = observability.logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    lines, before = io.StringIO(), handler.stream
    handler.setStream(lines)
    try:
        with contextlib.redirect_stdout(lines):
            yield
    finally:
        handler.setStream(before)
    found.invocations[function] += 1
    for line in lines.getvalue().splitlines():
        found.logged[function] += len(line.encode())
        found.lines[function] += 1


@contextlib.contextmanager
def _small_aws(*, rules: bool) -> Iterator[MotoPipeline]:
    with mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": REGION}), mock_aws():
        world = MotoPipeline.build()
        if not rules:
            text = json.dumps({**CONFIGURATION, "rules": {}})
            world.ssm.put_parameter(Name=CONFIG_PARAMETER, Value=text, Type="String", Overwrite=True)
        with mock.patch.dict(os.environ, world.variables):
            _make_cold()
            yield world
        _make_cold()


def _make_cold() -> None:
    """Make the functions cold."""
    for module in (settings, ingestion, processor):
        for member in vars(module).values():
            if hasattr(member, "cache_clear"):
                member.cache_clear()
    observability.metrics.clear_metrics()


def _clients() -> tuple[Any, ...]:
    """The functions' own; the world's are others, so that what this module does is not counted."""
    return clients.dynamodb(), clients.sqs(), clients.sns(), clients.ssm()


def _carried(operation: str, parameters: dict[str, Any]) -> int:
    """How many things one call carries."""
    match operation:
        case "SendMessageBatch":
            return len(parameters["Entries"])
        case "BatchWriteItem":
            return sum(len(requests) for requests in parameters["RequestItems"].values())
        case "BatchGetItem":
            return sum(len(requests["Keys"]) for requests in parameters["RequestItems"].values())
    return 1


@contextlib.contextmanager
def _recorded(found: Counted) -> Iterator[None]:
    """Count every call that leaves a client, repeats included."""
    seen: list[tuple[str, int]] = []  # appended to by many threads, summed up by one

    def record(params: dict[str, Any], model: Any, **_: Any) -> None:
        seen.append((model.name, _carried(model.name, params)))

    for client in _clients():
        client.meta.events.register("provide-client-params.*.*", record, unique_id="counting")
    try:
        yield
    finally:
        for client in _clients():
            client.meta.events.unregister("provide-client-params.*.*", unique_id="counting")
        for name, carried in seen:
            found.calls[name] += 1
            found.entries[name] += carried
