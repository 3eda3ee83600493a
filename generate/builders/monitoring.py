"""The module `monitoring`: the alarms and the dashboard."""

from typing import Any

from generate.builders.alarms import PERIOD_SECONDS, Alarm, all_alarms
from generate.builders.common import arn_variable, new_module
from generate.builders.dashboard import dashboard_body
from generate.builders.setting_variables import setting_variable
from generate.naming import FUNCTIONS, resource_name
from generate.regions import CONSOLES
from generate.settings import Monitoring
from generate.terraform import Document, Expression, Validation

RUNBOOK = "docs/runbook.md"


def build() -> Document:
    """Build the module."""
    document, suffix = new_module("monitoring")
    document.data("aws_region", "current")
    document.data("aws_partition", "current")
    topic = arn_variable(
        document, "alert_topic_arn", "ARN of the topic that alarms notify.", "${module.queueing.alert_topic_arn}"
    )
    _subjects(document)
    _thresholds(document)
    runbook = _runbook(document)
    alarms = [_alarm(document, alarm, suffix, topic, runbook) for alarm in all_alarms(suffix)]
    region = Expression("data.aws_region.current.id")
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
            example={
                "name": f"${{module.{function}.function_name}}",
                "timeout_seconds": 29,
                "reserved_concurrency": 10,
            },
        )
    for name, module, title in (
        ("raw_table_name", "data", "Name of the table of raw readings."),
        ("processed_table_name", "data", "Name of the table of processed items."),
        ("ingestion_queue_name", "queueing", "Name of the ingestion queue."),
        ("dead_letter_queue_name", "queueing", "Name of the ingestion queue's dead-letter queue."),
        ("async_dead_letter_queue_name", "queueing", "Name of the queue for failed asynchronous invocations."),
        ("alert_topic_name", "queueing", "Name of the alert topic."),
        ("api_name", "api", "Name of the REST API."),
        ("stage_name", "api", "Name of the API's stage."),
    ):
        document.variable(name, "string", title, nullable=False, example=f"${{module.{module}.{name}}}")


def _thresholds(document: Document) -> None:
    for name in (field for field in Monitoring.__struct_fields__ if field != "runbook_url"):
        setting_variable(document, Monitoring, name)


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
