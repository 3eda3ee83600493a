"""Every alarm watches something that exists, goes off when it should, and only then."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from generate.builders import monitoring
from handlers.contract import METRICS_ENVIRONMENT_DIMENSION, METRICS_NAMESPACE, Metric
from tests.alarms.evaluator import Datapoint, state

PUBLISHED: dict[str, Any] = json.loads((Path(__file__).parent / "metrics.json").read_text(encoding="utf-8"))
CUSTOM = {value for name, value in vars(Metric).items() if name.isupper()}
MODULE = monitoring.build()
ALARMS: dict[str, dict[str, Any]] = MODULE.files()["main.tf.json"]["resource"]["aws_cloudwatch_metric_alarm"]
FUNCTION = {"timeout_seconds": 29, "reserved_concurrency": 100}


def metrics(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """The metrics that an alarm watches, directly or by metric math."""
    return [query["metric"] for query in alarm.get("metric_query", ()) if "metric" in query] or [alarm]


def threshold(alarm: dict[str, Any]) -> float:
    """The threshold with its variables' defaults, and a function of 29 s and 100 executions."""
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
    """A measured series, for metric math as the share of what was rejected."""
    if "metric_query" not in alarm:
        return {alarm["metric_name"]: values}
    rejected: list[Datapoint] = [None if value is None else value * 100 for value in values]
    accepted: list[Datapoint] = [None if value is None else (1 - value) * 100 for value in values]
    return {"accepted": accepted, "rejected": rejected}


def beyond(alarm: dict[str, Any]) -> float:
    """A value that breaches."""
    return min(threshold(alarm) + 0.2, 1.0) if "metric_query" in alarm else threshold(alarm) + 1


@pytest.mark.parametrize("key", ALARMS)
def test_its_metric_is_one_that_is_published(key: str) -> None:
    for metric in metrics(ALARMS[key]):
        dimensions = sorted(metric["dimensions"])
        if metric["namespace"] == METRICS_NAMESPACE:
            assert metric["metric_name"] in CUSTOM
            assert dimensions == [METRICS_ENVIRONMENT_DIMENSION]
        else:
            assert dimensions in PUBLISHED[metric["namespace"]][metric["metric_name"]]


@pytest.mark.parametrize("key", ALARMS)
def test_it_goes_off_after_its_datapoints_and_not_before(key: str) -> None:
    alarm = ALARMS[key]
    calm: list[Datapoint] = [0.0] * alarm["evaluation_periods"]
    short = alarm["datapoints_to_alarm"] - 1

    assert state(alarm, threshold(alarm), series(alarm, calm)) == "OK"
    assert state(alarm, threshold(alarm), series(alarm, [*calm, *[beyond(alarm)] * short])) == "OK"
    assert state(alarm, threshold(alarm), series(alarm, [*calm, *[beyond(alarm)] * (short + 1)])) == "ALARM"


@pytest.mark.parametrize("key", ALARMS)
def test_exactly_the_threshold_is_in_order(key: str) -> None:
    alarm = ALARMS[key]
    edge: list[Datapoint] = [threshold(alarm)] * alarm["evaluation_periods"]

    assert state(alarm, threshold(alarm), series(alarm, edge)) == "OK"


@pytest.mark.parametrize("key", ALARMS)
def test_silence_is_in_order_and_ends_an_alarm(key: str) -> None:
    alarm = ALARMS[key]
    silence: list[Datapoint] = [None] * alarm["evaluation_periods"]

    assert state(alarm, threshold(alarm), series(alarm, [*[beyond(alarm)] * 20, *silence])) == "OK"


def test_a_processor_at_its_mappings_limit_is_in_order() -> None:
    """A draining queue keeps the mapping at its maximum of 90 executions; that alone is no alarm."""
    alarm = ALARMS["processor_concurrency"]

    assert state(alarm, threshold(alarm), {"ConcurrentExecutions": [90.0] * 20}) == "OK"
    assert state(alarm, threshold(alarm), {"ConcurrentExecutions": [91.0] * 20}) == "ALARM"


def test_the_share_of_rejections_counts_where_only_one_side_was_measured() -> None:
    alarm = ALARMS["readings_rejected"]
    nothing: list[Datapoint] = [None] * 5

    assert state(alarm, 0.25, {"accepted": nothing, "rejected": [3.0] * 5}) == "ALARM"
    assert state(alarm, 0.25, {"accepted": [3.0] * 5, "rejected": nothing}) == "OK"


def test_the_first_designs_user_errors_would_be_found() -> None:
    """`UserErrors` has no table dimension: an alarm on it with one never goes off."""
    assert ["TableName"] not in PUBLISHED["AWS/DynamoDB"]["UserErrors"]
