"""The dashboard's body (CloudWatch API reference, "Dashboard body structure"): a grid of 24 columns."""

import json
from typing import Any, Final

from generate.naming import FUNCTIONS
from generate.terraform import Expression
from handlers.contract import METRICS_ENVIRONMENT_DIMENSION, METRICS_NAMESPACE, Metric

_WIDTH: Final = 8
_HEIGHT: Final = 6
_ALARMS_HEIGHT: Final = 4

Rows = list[list[Any]]


def dashboard_body(region: Expression, suffix: Expression, alarms: list[Expression]) -> str:
    """The body as compact JSON, with Terraform's references left in it.

    Args:
        region: The region of the metrics.
        suffix: The environment suffix.
        alarms: The alarms of the topmost widget.
    """
    arns = [str(alarm.arn) for alarm in alarms]
    top = {"x": 0, "y": 0, "width": 24, "height": _ALARMS_HEIGHT, "properties": {"title": "Alarms", "alarms": arns}}
    widgets = [{"type": "alarm", **top}]
    for index, (title, statistic, rows) in enumerate(_charts(suffix)):
        place = {"x": index % 3 * _WIDTH, "y": _ALARMS_HEIGHT + index // 3 * _HEIGHT}
        widgets.append(_widget(place, title, statistic, rows, region))
    return json.dumps({"start": "-PT3H", "widgets": widgets}, separators=(",", ":"))


def _charts(suffix: Expression) -> list[tuple[str, str, Rows]]:
    """Title, statistic and metrics of each, three in a line."""
    counts = ("ACCEPTED", "PROCESSED", "REJECTED", "DUPLICATE", "FAILED")
    readings = [getattr(Metric, f"READINGS_{name}") for name in counts]
    waiting = ("ingestion_queue", "dead_letter_queue", "async_dead_letter_queue")
    return [
        ("Readings", "Sum", _custom(suffix, *readings)),
        ("End-to-end lag (p90, ms)", "p90", _custom(suffix, Metric.END_TO_END_LAG)),
        ("Alerts; messages a batch", "Average", _custom(suffix, Metric.ALERTS_PUBLISHED, Metric.BATCH_SIZE)),
        ("API: requests and errors", "Sum", _api("Count", "4XXError", "5XXError")),
        ("API: latency (p90, ms)", "p90", _api("Latency", "IntegrationLatency")),
        ("Queues: waiting messages", "Maximum", _queues("ApproximateNumberOfMessagesVisible", *waiting)),
        ("Functions: invocations", "Sum", _functions("Invocations")),
        ("Functions: errors", "Sum", _functions("Errors")),
        ("Functions: duration (p90, ms)", "p90", _functions("Duration")),
        ("Functions: concurrency", "Maximum", _functions("ConcurrentExecutions")),
        ("Queue: age of the oldest message (s)", "Maximum", _queues("ApproximateAgeOfOldestMessage", waiting[0])),
        ("Tables: consumed and throttled", "Sum", _tables()),
    ]


def _widget(place: dict[str, int], title: str, statistic: str, rows: Rows, region: Expression) -> dict[str, Any]:
    properties = {
        "title": title,
        "region": str(region),
        "view": "timeSeries",
        "stat": statistic,
        "period": 60,
        "metrics": rows,
    }
    return {"type": "metric", **place, "width": _WIDTH, "height": _HEIGHT, "properties": properties}


def _custom(suffix: Expression, *names: str) -> Rows:
    return [[METRICS_NAMESPACE, name, METRICS_ENVIRONMENT_DIMENSION, str(suffix)] for name in names]


def _functions(metric: str) -> Rows:
    return [["AWS/Lambda", metric, "FunctionName", f"${{var.{name}_function.name}}"] for name in FUNCTIONS]


def _api(*names: str) -> Rows:
    return [["AWS/ApiGateway", name, "ApiName", "${var.api_name}", "Stage", "${var.stage_name}"] for name in names]


def _queues(metric: str, *names: str) -> Rows:
    return [["AWS/SQS", metric, "QueueName", f"${{var.{name}_name}}"] for name in names]


def _tables() -> Rows:
    consumed = ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents")
    return [
        ["AWS/DynamoDB", metric, "TableName", f"${{var.{table}_table_name}}"]
        for table in ("raw", "processed")
        for metric in consumed
    ]
