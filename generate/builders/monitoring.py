"""The module `monitoring`: the alarms and the dashboard."""

from typing import Any

from generate.builders.alarms import PERIOD_SECONDS, Alarm, all_alarms
from generate.builders.common import arn_variable, new_module, number_variable
from generate.builders.dashboard import dashboard_body
from generate.naming import FUNCTIONS, resource_name
from generate.regions import CONSOLES
from generate.terraform import Document, Expression, Validation

RUNBOOK = "docs/runbook.md"


def build() -> Document:
    """Build the module."""
    document, suffix = new_module("monitoring")
    document.data("aws_region", "current")
    document.data("aws_partition", "current")
    topic = arn_variable(document, "alert_topic_arn", "ARN of the topic that alarms notify.")
    _subjects(document)
    _thresholds(document)
    runbook = _runbook(document)
    alarms = [_alarm(document, alarm, suffix, topic, runbook) for alarm in all_alarms(suffix)]
    region = Expression("data.aws_region.current.name")
    dashboard = document.resource(
        "aws_cloudwatch_dashboard",
        "this",
        dashboard_name=resource_name("dashboard", suffix),
        dashboard_body=dashboard_body(region, suffix, alarms),
    )
    page = f"cloudwatch/home?region={region}#dashboards/dashboard/{dashboard.dashboard_name}"
    document.output("dashboard_url", f"https://{region}.{_console()}/{page}", "The dashboard in the console.")
    names = Expression("[" + ", ".join(alarm.alarm_name.bare for alarm in alarms) + "]")
    document.output("alarm_names", names, "Names of the alarms.")
    return document


def _console() -> Expression:
    """The console's host in the partition of the current credentials."""
    hosts = ", ".join(f'{partition} = "{host}"' for partition, host in CONSOLES.items())
    return Expression(f'lookup({{ {hosts} }}, data.aws_partition.current.partition, "{CONSOLES["aws"]}")')


def _runbook(document: Document) -> Expression:
    """Where the runbook is read: an address, or this repository's file."""
    address = document.variable(
        "runbook_url",
        "string",
        f"https address of the runbook, to which each alarm adds its section; null: {RUNBOOK}.",
        default=None,
        validations=[
            Validation(
                Expression('var.runbook_url == null ? true : can(regex("^https://[^[:space:]#]+$", var.runbook_url))'),
                "runbook_url must begin with https:// and contain neither # nor a space.",
            )
        ],
    )
    return document.local("runbook", Expression(f'coalesce({address.bare}, "{RUNBOOK}")'))


def _subjects(document: Document) -> None:
    """What is watched."""
    for function in FUNCTIONS:
        document.variable(
            f"{function}_function",
            "object({ name = string, timeout_seconds = number, reserved_concurrency = number })",
            f"The function {function}: its name, timeout and reserved concurrency.",
            nullable=False,
        )
    for name, title in (
        ("raw_table_name", "Name of the table of raw readings."),
        ("processed_table_name", "Name of the table of processed items."),
        ("ingestion_queue_name", "Name of the ingestion queue."),
        ("dead_letter_queue_name", "Name of the ingestion queue's dead-letter queue."),
        ("async_dead_letter_queue_name", "Name of the queue for failed asynchronous invocations."),
        ("alert_topic_name", "Name of the alert topic."),
        ("api_name", "Name of the REST API."),
        ("stage_name", "Name of the API's stage."),
    ):
        document.variable(name, "string", title, nullable=False)


def _thresholds(document: Document) -> None:
    for name, title, minimum, maximum, default in (
        ("latency_milliseconds", "p90 of the API's latency that raises the alarm.", 1, 29000, 2500),
        ("queue_age_seconds", "Age of the oldest waiting message that raises the alarm.", 1, 1209600, 300),
        ("lag_milliseconds", "p90 from acceptance to the processed item that raises the alarm.", 1000, 86400000, 60000),
    ):
        number_variable(document, name, title, minimum, maximum, default=default)
    for name, title, share in (
        ("server_error_rate", "Share of requests answered 5XX that raises the alarm.", 0.05),
        ("client_error_rate", "Share of requests answered 4XX that raises the alarm.", 0.05),
        ("rejected_rate", "Share of readings refused that raises the alarm.", 0.25),
    ):
        within = Validation(Expression(f"var.{name} > 0 && var.{name} < 1"), f"{name} must be between 0 and 1.")
        document.variable(name, "number", title, default=share, nullable=False, validations=[within])


def _alarm(document: Document, alarm: Alarm, suffix: Expression, topic: Expression, runbook: Expression) -> Expression:
    return document.resource(
        "aws_cloudwatch_metric_alarm",
        alarm.key,
        alarm_name=f"{alarm.name}-{suffix}",
        alarm_description=f"{alarm.meaning} Runbook: {runbook}#{alarm.runbook}",
        comparison_operator=alarm.comparison,
        threshold=alarm.threshold,
        evaluation_periods=alarm.periods,
        datapoints_to_alarm=alarm.datapoints,
        treat_missing_data=alarm.missing,
        alarm_actions=[topic],
        ok_actions=[topic],
        **_measure(alarm),
    )


def _measure(alarm: Alarm) -> dict[str, Any]:
    """The metric, or the expression over several."""
    if alarm.queries:
        queries = [
            {
                "id": name,
                "metric": {
                    "namespace": alarm.namespace,
                    "metric_name": metric,
                    "dimensions": alarm.dimensions,
                    "stat": alarm.statistic,
                    "period": PERIOD_SECONDS,
                },
            }
            for name, metric in alarm.queries
        ]
        result = {"id": "result", "expression": alarm.metric, "label": alarm.name, "return_data": True}
        return {"metric_query": [*queries, result]}
    statistic = "extended_statistic" if alarm.statistic.startswith("p") else "statistic"
    return {
        "namespace": alarm.namespace,
        "metric_name": alarm.metric,
        "dimensions": alarm.dimensions,
        statistic: alarm.statistic,
        "period": PERIOD_SECONDS,
    }
