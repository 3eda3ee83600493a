"""A trace contains the device, the size of the batch and the error, and never what was sent, stored or answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from handlers import observability
from handlers.services.batch import BatchFailedError
from tests.handlers.moto_pipeline import MotoPipeline, message, reading_message
from tests.handlers.processor_failures import fail

SECRET: Final = "do-not-trace-me"
ALLOWED: Final = {"ColdStart", "Service", "device", "batch"}
"""The annotations: Powertools' own two, and ours."""
TIMESTAMP: Final = 1_795_428_930_123


class Recorder:
    """Powertools' provider and its segments: keeps everything that is recorded."""

    def __init__(self) -> None:
        self.annotations: dict[str, object] = {}
        self.metadata: list[tuple[str, object]] = []
        self.names: list[str] = []

    @contextmanager
    def in_subsegment(self, name: str, **_: Any) -> Iterator["Recorder"]:
        self.names.append(name)
        yield self

    def put_annotation(self, key: str, value: object) -> None:
        self.annotations[key] = value

    def put_metadata(self, key: str, value: object, namespace: str = "") -> None:
        self.metadata.append((f"{namespace} {key}", value))

    def text(self) -> str:
        return str((self.names, self.annotations, self.metadata))


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(observability.tracer, "provider", recorder)
    monkeypatch.setattr(observability.tracer, "disabled", False)
    return recorder


def test_no_answer_and_no_request_is_captured(moto: MotoPipeline, recorder: Recorder) -> None:
    reading = {"device_id": "d", "timestamp": TIMESTAMP, "sensor_data": {"temp": 90, SECRET: SECRET}}

    assert moto.post({"readings": [reading, {SECRET: 1}]}, {"X-Api-Key": SECRET})[0] == 207
    assert moto.process(*moto.queued(), message(SECRET)) == {"batchItemFailures": []}
    assert moto.reprocess({"device_id": "d"})[1]["processed"] == 1
    assert SECRET in str(moto.query(device_id="d"))

    assert recorder.names == ["## lambda_handler"] * 4
    assert recorder.metadata == []
    assert recorder.annotations.keys() <= ALLOWED
    assert SECRET not in recorder.text()


def test_an_error_is_captured_without_the_content_of_a_message(
    moto: MotoPipeline, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(moto, monkeypatch, "sqs", "send_message_batch", times=100)
    fail(moto, monkeypatch, "dynamodb", "batch_write_item", times=100)
    stranger = message({"version": 2, "accepted_at": 1, "readings": [{SECRET: SECRET}]})

    with pytest.raises(BatchFailedError):
        moto.process(stranger, reading_message("d", 1, **{SECRET: SECRET}))

    ((_, error),) = recorder.metadata
    assert isinstance(error, BatchFailedError)
    assert SECRET not in recorder.text()
