"""What is watched, as data: each alarm's metric, threshold, periods, and what missing data mean.

Statistics, thresholds and datapoints follow AWS's recommended alarms (CloudWatch user guide, "Recommended alarms")
unless a comment says otherwise. All periods are 60 seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from generate.naming import FUNCTIONS, NAMES
from generate.terraform import Expression
from handlers.contract import METRICS_ENVIRONMENT_DIMENSION, METRICS_NAMESPACE, Metric

PERIOD_SECONDS = 60
SHARE_OF_TIMEOUT = 0.9
SHARE_OF_RESERVED_CONCURRENCY = 0.9
DEAD_LETTER_AGE_SECONDS = 7 * 24 * 60 * 60
"""Half of what a dead-letter queue keeps its messages for."""


@dataclass(frozen=True)
class Alarm:
    """One alarm.

    Attributes:
        key: Its name in Terraform.
        name: Its name in CloudWatch, the suffix left out.
        runbook: The section of docs/runbook.md.
        meaning: What it means when it goes into alarm.
        metric: Name of the metric, or the expression over `queries`.
        threshold: A number or a Terraform expression, in the metric's unit.
        periods: Periods looked at; `datapoints` of them must breach.
        missing: What missing data mean.
    """

    key: str
    name: str
    runbook: str
    meaning: str
    namespace: str
    metric: str
    dimensions: dict[str, Any]
    statistic: str
    threshold: Any
    periods: int
    datapoints: int
    missing: Literal["notBreaching", "missing", "ignore"] = "notBreaching"
    comparison: str = "GreaterThanThreshold"
    queries: tuple[tuple[str, str], ...] = ()


def all_alarms(suffix: Expression) -> Iterator[Alarm]:
    """Yield every alarm of an environment."""
    for function in FUNCTIONS:
        yield from _function_alarms(function)
    for table in ("raw", "processed"):
        yield from _table_alarms(table)
    yield from _queue_alarms()
    yield from _api_alarms()
    yield from _topic_alarms()
    yield from _pipeline_alarms(suffix)


def _base_name(key: str) -> str:
    return NAMES[key].removesuffix("-{}")


def _function_alarms(function: str) -> Iterator[Alarm]:
    base = _base_name(function)
    dimensions = {"FunctionName": Expression(f"var.{function}_function.name")}
    timeout = f"var.{function}_function.timeout_seconds"
    reserved = f"var.{function}_function.reserved_concurrency"

    def alarm(what: str, metric: str, statistic: str, meaning: str, **more: Any) -> Alarm:
        key, runbook = f"{function}_{what.replace('-', '_')}", f"function-{what}"
        return Alarm(key, f"{base}-{what}", runbook, meaning, "AWS/Lambda", metric, dimensions, statistic, **more)

    yield alarm("errors", "Errors", "Sum", f"{base} fails.", threshold=0, periods=5, datapoints=3)
    yield alarm(
        "throttles", "Throttles", "Sum", f"{base} needs more concurrency.", threshold=0, periods=5, datapoints=5
    )
    yield alarm(
        "duration",
        "Duration",
        "p90",
        f"{base} comes close to its timeout.",
        threshold=Expression(f"{timeout} * 1000 * {SHARE_OF_TIMEOUT}"),
        periods=15,
        datapoints=15,
    )
    yield alarm(
        "concurrency",
        "ConcurrentExecutions",
        "Maximum",
        f"{base} comes close to its reserved concurrency.",
        threshold=Expression(f"{reserved} * {SHARE_OF_RESERVED_CONCURRENCY}"),
        periods=10,
        datapoints=10,
    )
    # An event that is dropped or that its dead-letter queue refuses is lost, so the first one counts.
    yield alarm(
        "async-events-dropped",
        "AsyncEventsDropped",
        "Sum",
        f"Asynchronous invocations of {base} were given up.",
        threshold=0,
        periods=1,
        datapoints=1,
    )
    yield alarm(
        "dead-letter-errors",
        "DeadLetterErrors",
        "Sum",
        f"A failed asynchronous invocation of {base} could not be kept.",
        threshold=0,
        periods=1,
        datapoints=1,
    )


def _table_alarms(table: str) -> Iterator[Alarm]:
    base = _base_name(f"{table}_table")
    dimensions = {"TableName": Expression(f"var.{table}_table_name")}
    for what, metric, periods in (
        ("read-throttles", "ReadThrottleEvents", 5),
        ("write-throttles", "WriteThrottleEvents", 5),
    ):
        yield Alarm(
            key=f"{table}_{what.replace('-', '_')}",
            name=f"{base}-{what}",
            runbook="table-throttles",
            meaning=f"DynamoDB throttles requests to {base}.",
            namespace="AWS/DynamoDB",
            metric=metric,
            dimensions=dimensions,
            statistic="Sum",
            threshold=0,
            periods=periods,
            datapoints=periods,
        )


def _queue_alarms() -> Iterator[Alarm]:
    yield from _dead_letter_alarms(
        "dead_letter_queue", "dead-letter-queue", "Readings could not be processed and wait in the dead-letter queue."
    )
    yield from _dead_letter_alarms(
        "async_dead_letter_queue", "asynchronous-dead-letter-queue", "Asynchronous invocations failed for good."
    )
    yield Alarm(
        key="ingestion_queue_age",
        name=f"{_base_name('ingestion_queue')}-age",
        runbook="queue-age",
        meaning="Readings wait longer than they should before they are processed.",
        namespace="AWS/SQS",
        metric="ApproximateAgeOfOldestMessage",
        dimensions={"QueueName": Expression("var.ingestion_queue_name")},
        statistic="Maximum",
        threshold=Expression("var.queue_age_seconds"),
        periods=5,
        datapoints=5,
    )


def _dead_letter_alarms(key: str, runbook: str, meaning: str) -> Iterator[Alarm]:
    base = _base_name(key)
    dimensions = {"QueueName": Expression(f"var.{key}_name")}
    # Any message is readings that somebody must look at, so the first one counts. NumberOfMessagesSent would not
    # count what SQS moves there itself.
    yield Alarm(
        key=f"{key}_messages",
        name=f"{base}-messages",
        runbook=runbook,
        meaning=meaning,
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions=dimensions,
        statistic="Maximum",
        threshold=0,
        periods=1,
        datapoints=1,
    )
    # An alarm rings when its state changes: while messages wait, the one above is silent about those that follow.
    # The age counts from the move, the 14 days from the first sending (SQS developer guide, "Setting-up dead-letter
    # queue retention"), so half of them leaves time.
    yield Alarm(
        key=f"{key}_age",
        name=f"{base}-age",
        runbook="dead-letter-age",
        meaning=f"Messages of {base} have waited for a week, and expire soon.",
        namespace="AWS/SQS",
        metric="ApproximateAgeOfOldestMessage",
        dimensions=dimensions,
        statistic="Maximum",
        threshold=DEAD_LETTER_AGE_SECONDS,
        periods=1,
        datapoints=1,
    )


def _api_alarms() -> Iterator[Alarm]:
    base = _base_name("api")
    dimensions = {"ApiName": Expression("var.api_name"), "Stage": Expression("var.stage_name")}
    rows = (
        ("server-errors", "5XXError", "Average", Expression("var.server_error_rate"), 3, "fails requests"),
        ("client-errors", "4XXError", "Average", Expression("var.client_error_rate"), 5, "refuses many requests"),
        ("latency", "Latency", "p90", Expression("var.latency_milliseconds"), 5, "answers slowly"),
    )
    for what, metric, statistic, threshold, periods, meaning in rows:
        yield Alarm(
            key=f"api_{what.replace('-', '_')}",
            name=f"{base}-{what}",
            runbook=f"api-{what}",
            meaning=f"The API {meaning}.",
            namespace="AWS/ApiGateway",
            metric=metric,
            dimensions=dimensions,
            statistic=statistic,
            threshold=threshold,
            periods=periods,
            datapoints=periods,
        )


def _topic_alarms() -> Iterator[Alarm]:
    yield Alarm(
        key="alert_topic_failures",
        name=f"{_base_name('alert_topic')}-failures",
        runbook="topic-failures",
        meaning="Alerts did not reach a subscriber.",
        namespace="AWS/SNS",
        metric="NumberOfNotificationsFailed",
        dimensions={"TopicName": Expression("var.alert_topic_name")},
        statistic="Sum",
        threshold=0,
        periods=5,
        datapoints=1,
    )


def _pipeline_alarms(suffix: Expression) -> Iterator[Alarm]:
    dimensions = {METRICS_ENVIRONMENT_DIMENSION: suffix}
    accepted, rejected = Metric.READINGS_ACCEPTED, Metric.READINGS_REJECTED
    yield Alarm(
        key="readings_rejected",
        name="iot-readings-rejected",
        runbook="readings-rejected",
        meaning="A large share of the readings is refused.",
        namespace=METRICS_NAMESPACE,
        metric="FILL(rejected, 0) / (FILL(accepted, 0) + FILL(rejected, 0))",
        dimensions=dimensions,
        statistic="Sum",
        threshold=Expression("var.rejected_rate"),
        periods=5,
        datapoints=5,
        queries=(("accepted", accepted), ("rejected", rejected)),
    )
    rows: tuple[tuple[str, str, str, Any, int, str], ...] = (
        ("end-to-end-lag", Metric.END_TO_END_LAG, "p90", Expression("var.lag_milliseconds"), 5, "Readings are late."),
        (
            "configuration-invalid",
            Metric.CONFIGURATION_INVALID,
            "Sum",
            0,
            1,
            "The config parameter cannot be used; the last valid configuration, or the defaults, are in use.",
        ),
    )
    for what, metric, statistic, threshold, periods, meaning in rows:
        yield Alarm(
            key=what.replace("-", "_"),
            name=f"iot-{what}",
            runbook=what,
            meaning=meaning,
            namespace=METRICS_NAMESPACE,
            metric=metric,
            dimensions=dimensions,
            statistic=statistic,
            threshold=threshold,
            periods=periods,
            datapoints=periods,
        )
