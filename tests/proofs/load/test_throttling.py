"""Beyond the configured limits callers are throttled, and a caller who repeats its requests loses nothing."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pytest

from ops.aws.api_client import Answer, ApiClient
from ops.local.machine import Machine
from ops.local.pipeline import Pipeline
from ops.operate.load.generator import Shape, run_load
from ops.operate.load.ledger import Tables
from ops.operate.load.load_report import Report
from ops.project.paths import find_environment
from ops.project.progress import Progress
from tests.proofs.load.temporary_limits import Throttling, mapping_concurrency, read_throttling, reserved_concurrency
from tests.support.changed_settings import apply_planned, with_changed_settings
from tests.support.proving import Figures
from tests.support.running_pipeline import eventually
from tests.support.sample import ENVIRONMENT, SAMPLE

pytestmark = [pytest.mark.timeout(900), pytest.mark.slow, pytest.mark.proof("throttling and load")]
PATIENCE_SECONDS = 240.0
MANY = 15
"""Waiting messages of ten readings each: more than the processor takes at a time."""
RATE = 2
"""Requests a second and at once, far fewer than a client sends."""
REQUESTS = 12
LOWERED = {"[data]\n": f"[api]\nthrottling_rate_limit = {RATE}\nthrottling_burst_limit = {RATE}\n\n[data]\n"}
METHOD_SETTINGS = "module.api.aws_api_gateway_method_settings.all: update"
SETTINGS = find_environment(SAMPLE, ENVIRONMENT)


def dead_letters(pipeline: Pipeline) -> int:
    """How many messages are in the dead-letter queue, visible or not."""
    queue = pipeline.outputs["DeadLetterQueueUrl"]
    found = pipeline.administrator.sqs().get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"]) + int(found["ApproximateNumberOfMessagesNotVisible"])


def receive_counts_of_waiting(pipeline: Pipeline) -> list[int]:
    """Wait until many messages are in the queue; return how often some of them were received, this time included."""
    sqs, queue = pipeline.administrator.sqs(), pipeline.outputs["IngestionQueueUrl"]

    def look() -> list[int] | None:
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
        if int(found["Attributes"]["ApproximateNumberOfMessages"]) < MANY:
            return None
        received = sqs.receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        return [int(message["Attributes"]["ApproximateReceiveCount"]) for message in received["Messages"]]

    return eventually(look)


def assert_all_accounted_for(report: Report) -> None:
    """Assert that every reading was acknowledged, and is in both tables once."""
    assert report.is_sound(), list(report.lines())
    assert not report.ledger.refused, list(report.lines())
    assert not report.ledger.unknown, list(report.lines())


def query_repeatedly(client: ApiClient) -> list[Answer]:
    """Send queries as quickly as one client can."""
    return [client.get("/query", {"device_id": "nobody"}) for _ in range(REQUESTS)]


def test_beyond_the_configured_rate_callers_are_throttled_and_lose_nothing(
    machine: Machine, pipeline: Pipeline, tables: Tables, tmp_path: Path, figures: Figures
) -> None:
    committed = Throttling(SETTINGS.api.throttling_rate_limit, SETTINGS.api.throttling_burst_limit)
    assert read_throttling(pipeline) == committed
    applied = machine.deployment(pipeline.administrator).terraform()
    lowered = with_changed_settings(applied, tmp_path, LOWERED)
    client = ApiClient(pipeline.api, pipeline.caller)

    try:
        changes = apply_planned(lowered, tmp_path / "lowered.tfplan")
        assert read_throttling(pipeline) == Throttling(RATE, RATE)
        assert_throttled(query_repeatedly(client), figures)
        report = run_load(client, tables, Shape(8, 10, 10, 4), Progress(StringIO()), PATIENCE_SECONDS)
    finally:
        changes_back = apply_planned(applied, tmp_path / "committed.tfplan")

    ledger = report.ledger
    assert changes == changes_back == [METHOD_SETTINGS]
    figures.tried("applies of other settings that changed the stage's method settings and nothing else", 2)
    assert ledger.answers["429"] > 0
    assert_all_accounted_for(report)
    figures.tried("readings acknowledged beyond the rate and processed, none lost, none doubled", len(ledger.accepted))
    figures.measure("answers of the throttled load", dict(ledger.answers))
    assert read_throttling(pipeline) == committed
    assert {answer.status for answer in query_repeatedly(client)} == {200}
    figures.tried("requests answered after the committed settings were applied again", REQUESTS)


def assert_throttled(answers: list[Answer], figures: Figures) -> None:
    """Assert that requests beyond the rate get a problem document with Retry-After, and the others an answer."""
    refused = [answer for answer in answers if answer.status == 429]
    assert Counter(answer.status for answer in answers).keys() == {200, 429}
    for answer in refused:
        problem = answer.document()
        assert answer.headers["content-type"] == "application/problem+json"
        assert (problem["status"], problem["title"]) == (429, "Too many requests")
        assert int(answer.headers["retry-after"]) >= 1
    figures.tried("requests beyond the rate answered with Retry-After and a problem document", len(refused))


def test_a_burst_beyond_the_processors_concurrency_waits_in_the_queue(
    pipeline: Pipeline, tables: Tables, progress: Progress, figures: Figures
) -> None:
    before = dead_letters(pipeline)
    with (
        reserved_concurrency(pipeline, "ProcessorFunctionName", 1) as reserved,
        mapping_concurrency(pipeline, 2, batch_size=1) as mapped,
        ThreadPoolExecutor(1) as pool,
    ):
        api = ApiClient(pipeline.api, pipeline.caller)
        burst = pool.submit(run_load, api, tables, Shape(20, 10, 100, 4), progress, PATIENCE_SECONDS)
        received = receive_counts_of_waiting(pipeline)
        report = burst.result()

    assert (reserved, mapped) == (SETTINGS.functions.processor.reserved_concurrency, SETTINGS.maximum_concurrency)
    assert_all_accounted_for(report)
    assert set(received) == {1}
    assert dead_letters(pipeline) == before
    figures.tried("readings of a burst drained by one execution, none lost, none doubled", len(report.ledger.accepted))
    figures.tried("messages that waited without using up their receives", len(received))
    figures.tried("bursts that left no dead-letter message", 1)
    figures.measure("lag of the burst", next(line for line in report.lines() if line.startswith("lag"))[11:])


def test_beyond_ingestions_concurrency_a_retry_succeeds(
    pipeline: Pipeline, tables: Tables, progress: Progress, figures: Figures
) -> None:
    with reserved_concurrency(pipeline, "IngestionFunctionName", 1) as reserved:
        report = run_load(
            ApiClient(pipeline.api, pipeline.caller), tables, Shape(8, 8, 10, 4), progress, PATIENCE_SECONDS
        )

    ledger = report.ledger
    # The embedded AWS answers 429 here, AWS itself 5XX: a client repeats both.
    transient = {kind: number for kind, number in ledger.answers.items() if kind == "429" or kind.startswith("5")}
    assert reserved == SETTINGS.functions.ingestion.reserved_concurrency
    assert set(ledger.answers) == {"200", *transient}
    assert transient
    assert_all_accounted_for(report)
    figures.measure("answers beyond the concurrency", dict(ledger.answers))
    figures.tried("answers beyond the concurrency after which a retry succeeded", sum(transient.values()))
    figures.tried("readings acknowledged beyond it and processed, none lost, none doubled", len(ledger.accepted))
