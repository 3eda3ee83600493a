"""Trace collection: one trace connects the API's request with both functions.

Lambda gives each batch a trace of its own. The processor also reports it in the traces of the batch's messages, which
it knows from the header that each message carries through the queue.
"""

import json
import secrets
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from handlers.domain.message import MAXIMUM_READINGS
from ops.aws.access import Access
from ops.aws.api_client import ApiClient
from ops.operate.callers import Operator
from tests.support.proving import Figures
from tests.support.running_pipeline import eventually

pytestmark = [pytest.mark.timeout(900), pytest.mark.pipeline, pytest.mark.proof("integrations")]
HEADER = "X-Amzn-Trace-Id"
xray = cache(Access.xray)
PATIENCE = 180
"""Seconds; traces become visible some time later."""


def test_one_trace_contains_both_functions(
    operator: Operator, caller: ApiClient, device: str, figures: Figures
) -> None:
    trace = post_traced(caller, {"device_id": device, "sensor_data": {"temp": 25.5}})

    segments = eventually(lambda: segments_of_both(operator, trace), PATIENCE)
    ingestion, processor = (segments[operator.output(f"{name}FunctionName")] for name in ("Ingestion", "Processor"))
    (handled,) = named("## lambda_handler", ingestion)
    assert handled["annotations"]["device"] == device
    assert {"dynamodb", "sqs"} <= {each["name"] for each in within(handled)}
    (message_segment,) = message_segments(operator, trace)
    assert message_segment in processor
    assert message_segment["annotations"]["messages"] == 1
    assert message_segment["parent_id"] in {each["id"] for each in ingestion}
    figures.tried("functions in the request's trace", 2)


def test_a_batchs_own_trace_is_found_from_the_requests(
    operator: Operator, caller: ApiClient, device: str, figures: Figures
) -> None:
    def batch_of_a_request() -> str | None:
        """The trace of a request's batch; on AWS not every batch is sampled."""
        trace = post_traced(caller, {"device_id": device, "sensor_data": {"temp": 25.5}})
        found = eventually(lambda: message_segments(operator, trace) or None, PATIENCE)
        batch: str | None = found[0]["annotations"].get("batch_trace")
        assert batch != trace
        return batch

    batch = eventually(batch_of_a_request, PATIENCE)
    (handled,) = eventually(lambda: named("## lambda_handler", documents(operator, batch)) or None, PATIENCE)

    assert "dynamodb" in {each["name"] for each in within(handled)}
    figures.count("traces of batches found from the request's")


def test_a_trace_reports_each_of_its_messages_once(
    operator: Operator, caller: ApiClient, device: str, figures: Figures
) -> None:
    began = time.time_ns() // 1_000_000
    readings = [
        {"device_id": device, "timestamp": began - number, "sensor_data": {"temp": 20}}
        for number in range(5 * MAXIMUM_READINGS)
    ]
    three_messages, two_messages = readings[: 3 * MAXIMUM_READINGS], readings[3 * MAXIMUM_READINGS :]
    traces = [post_traced(caller, {"readings": each}) for each in (three_messages, two_messages)]

    def messages_reported() -> list[int] | None:
        found = [sum(each["annotations"]["messages"] for each in message_segments(operator, trace)) for trace in traces]
        return found if found == [3, 2] else None

    eventually(messages_reported, PATIENCE)
    figures.tried("messages reported in the trace of their own request", 5)


def post_traced(caller: ApiClient, document: object) -> str:
    """Post as a client whose trace is sampled, and return the trace."""
    trace = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    request = caller.prepare_post("/ingest", document)
    request.headers[HEADER] = f"Root={trace};Sampled=1"
    answer = caller.deliver(caller.sign(request))
    assert answer.status == 200, answer
    return trace


def segments_of_both(operator: Operator, trace: str) -> dict[str, list[dict[str, Any]]] | None:
    """The segments of each function, or None until both have some."""
    functions = [operator.output(f"{name}FunctionName") for name in ("Ingestion", "Processor")]
    found = documents(operator, trace)
    segments = {name: [each for each in found if each["name"] == name] for name in functions}
    complete = all(segments.values()) and named("## lambda_handler", segments[functions[0]])
    return segments if complete else None


def message_segments(operator: Operator, trace: str) -> list[dict[str, Any]]:
    """The segments of a trace that report messages."""
    return [each for each in documents(operator, trace) if "messages" in each.get("annotations", {})]


def documents(operator: Operator, trace: str) -> list[dict[str, Any]]:
    """The segments of a trace."""
    traces = xray(operator.access).batch_get_traces(TraceIds=[trace])["Traces"]
    return [json.loads(segment["Document"]) for found in traces for segment in found["Segments"]]


def named(name: str, segments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The subsegments of that name, at any depth."""
    return [each for segment in segments for each in within(segment) if each["name"] == name]


def within(segment: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in segment.get("subsegments", ()):
        yield each
        yield from within(each)
