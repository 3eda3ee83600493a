"""The generated alarms, and series that breach them or do not."""

import re
from typing import Any

from generate.builders import monitoring
from tests.proofs.alarms.evaluator import FURTHER_BACK, Datapoint

MODULE = monitoring.build()
ALARMS: dict[str, dict[str, Any]] = MODULE.files()["main.tf.json"]["resource"]["aws_cloudwatch_metric_alarm"]
FUNCTION = {"timeout_seconds": 29, "reserved_concurrency": 100}


def metrics(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """The metrics that an alarm watches, directly or by metric math."""
    return [query["metric"] for query in alarm.get("metric_query", ()) if "metric" in query] or [alarm]


def threshold(alarm: dict[str, Any]) -> float:
    """The threshold with the defaults of its variables, and for a function of 29 s and 100 executions."""
    value = alarm["threshold"]
    if not isinstance(value, str):
        return float(value)
    if product := re.fullmatch(r"\$\{var\.\w+_function\.(\w+)((?: \* [\d.]+)+)\}", value):
        result = float(FUNCTION[product[1]])
        for factor in product[2].split(" * ")[1:]:
            result *= float(factor)
        return result
    name = value.removeprefix("${var.").removesuffix("}")
    return float(MODULE.variables[name].default)


def series(alarm: dict[str, Any], values: list[Datapoint]) -> dict[str, list[Datapoint]]:
    """A series of the alarm's metric; of metric math, the share of rejected readings."""
    if "metric_query" not in alarm:
        return {alarm["metric_name"]: values}
    rejected: list[Datapoint] = [None if value is None else value * 100 for value in values]
    accepted: list[Datapoint] = [None if value is None else (1 - value) * 100 for value in values]
    return {"accepted": accepted, "rejected": rejected}


def beyond(alarm: dict[str, Any]) -> float:
    """A breaching value."""
    return min(threshold(alarm) + 0.2, 1.0) if "metric_query" in alarm else threshold(alarm) + 1


def evaluation_range(alarm: dict[str, Any]) -> int:
    """How many of the last periods can matter."""
    return int(alarm["evaluation_periods"]) + FURTHER_BACK
