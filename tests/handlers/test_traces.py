"""A batch adds a segment to the traces of its messages."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from aws_xray_sdk.core import xray_recorder

from handlers import observability
from handlers.traces import continued

ROOT = "1-6b045902-6890c033092afa51794f1e4c"
OTHER = "1-6b045902-ffffffffffffffffffffffff"
BATCH = "1-6b045902-000000000000000000000000"
PARENT = "53995c3f42cd8ad8"
HEADER = f"Root={ROOT};Parent={PARENT};Sampled=1;Lineage=1:a87bd80c:1"


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Where the segments go, as to the X-Ray daemon."""
    monkeypatch.setattr(observability.tracer, "disabled", False)
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={BATCH};Parent=1;Sampled=1")
    emitter = xray_recorder.emitter
    before = f"{emitter.ip}:{emitter.port}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.2)
        emitter.set_daemon_address(f"127.0.0.1:{listener.getsockname()[1]}")
        yield listener
        emitter.set_daemon_address(before)


def received(listener: socket.socket) -> list[dict[str, Any]]:
    """Everything that has come; what is sent on one machine is there at once."""
    documents = []
    while True:
        try:
            documents.append(json.loads(listener.recv(65_535).partition(b"\n")[2]))
        except TimeoutError:
            return documents


def test_each_trace_is_continued_once(daemon: socket.socket) -> None:
    with continued("data-processor-dev", [HEADER, HEADER, f"Root={OTHER};Sampled=1"]):
        pass

    first, second = received(daemon)
    assert {name: first[name] for name in ("name", "trace_id", "parent_id", "origin", "annotations")} == {
        "name": "data-processor-dev",
        "trace_id": ROOT,
        "parent_id": PARENT,
        "origin": "AWS::Lambda::Function",
        "annotations": {"messages": 2, "batch_trace": BATCH},
    }
    assert first.keys() - {"id", "start_time", "end_time", "in_progress"} == {
        *("name", "trace_id", "parent_id", "origin", "annotations"),
    }, "nothing of a message is in its trace"
    assert first["start_time"] <= first["end_time"]
    assert "fault" not in first
    assert (second["trace_id"], second["annotations"]["messages"]) == (OTHER, 1)


def test_a_batchs_own_trace_is_named_where_there_is_one(daemon: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={BATCH};Parent=1;Sampled=0")

    with continued("data-processor-dev", [HEADER]):
        pass

    (segment,) = received(daemon)
    assert segment["annotations"] == {"messages": 1}


@pytest.mark.parametrize("header", [None, [], "", f"Root={ROOT};Sampled=0", f"Root={ROOT}", "Sampled=1", "nonsense"])
def test_a_trace_that_is_not_sampled_gets_no_segment(daemon: socket.socket, header: object) -> None:
    with continued("data-processor-dev", [header]):
        pass

    assert received(daemon) == []


def test_a_batch_that_fails_is_a_fault_in_the_requests_trace(daemon: socket.socket) -> None:
    with pytest.raises(ValueError, match="broken"), continued("data-processor-dev", [HEADER]):
        raise ValueError("broken")

    (segment,) = received(daemon)
    assert segment["fault"] is True


def test_without_tracing_no_segment_is_sent(daemon: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observability.tracer, "disabled", True)

    with continued("data-processor-dev", [HEADER]):
        pass

    assert received(daemon) == []
