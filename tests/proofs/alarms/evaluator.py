"""Evaluates a generated alarm over a series of datapoints. This is not CloudWatch: it shows only what the alarm says.

The rules are those of the CloudWatch user guide, "Alarm evaluation" and "Configuring how CloudWatch alarms treat
missing data"; `test_evaluator.py` compares them with that page's tables.
"""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

Datapoint = float | None
"""A period's statistic, or None where nothing was measured."""

FURTHER_BACK: Final = 2
"""How many periods before the evaluated ones may supply points instead of missing ones. AWS does not document the
number; its tables show five points for three evaluation periods."""
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def state(
    alarm: Mapping[str, Any], threshold: float, series: Mapping[str, Sequence[Datapoint]], current: str = "OK"
) -> str:
    """The alarm's state after the last period.

    Args:
        alarm: An `aws_cloudwatch_metric_alarm` as generated.
        threshold: Its threshold, resolved.
        series: By the metric's name, or by the ids of a metric math's queries; all of one length.
        current: The state before.

    Returns:
        `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    """
    breaches = _COMPARISONS[alarm["comparison_operator"]]
    values = _values(alarm, series)[-(alarm["evaluation_periods"] + FURTHER_BACK) :]
    points = [None if value is None else breaches(value, threshold) for value in values]
    return judge(
        points, alarm["evaluation_periods"], alarm["datapoints_to_alarm"], alarm["treat_missing_data"], current
    )


def judge(points: Sequence[bool | None], periods: int, enough: int, missing: str, current: str) -> str:
    """The state that follows from the points of the evaluation range: breaching, not breaching, or missing.

    Args:
        points: Oldest first.
        periods: Evaluation periods.
        enough: Datapoints to alarm.
        missing: How missing data are treated.
        current: The state before.
    """
    existing = [point for point in points if point is not None]
    if len(existing) >= periods:
        return _by_count(existing[-periods:], enough)
    if missing in {"breaching", "notBreaching"}:
        filled = [missing == "breaching"] * (periods - len(existing))
        return _by_count([*existing, *filled], enough)
    if not existing:
        return "INSUFFICIENT_DATA" if missing == "missing" else current
    oldest = next(index for index, point in enumerate(points) if point is not None)
    if all(existing) and len(points) - oldest >= enough:  # AWS calls this a premature transition to ALARM
        return "ALARM" if missing == "missing" else current
    return _by_count(existing, enough)


def _by_count(points: Sequence[bool], enough: int) -> str:
    return "ALARM" if sum(points) >= enough else "OK"


def _values(alarm: Mapping[str, Any], series: Mapping[str, Sequence[Datapoint]]) -> list[Datapoint]:
    if "metric_query" not in alarm:
        return list(series[alarm["metric_name"]])
    (expression,) = (query["expression"] for query in alarm["metric_query"] if "expression" in query)
    tree = ast.parse(expression, mode="eval").body
    length = max(len(values) for values in series.values())
    return [_math(tree, {name: values[index] for name, values in series.items()}) for index in range(length)]


def _math(node: ast.expr, values: Mapping[str, Datapoint]) -> Datapoint:
    """Evaluate the metric math in use: FILL, plus and division; a division by zero yields no datapoint."""
    match node:
        case ast.Name(name):
            return values[name]
        case ast.Constant(int() | float() as number):
            return float(number)
        case ast.Call(func=ast.Name("FILL"), args=[metric, default]):
            value = _math(metric, values)
            return _math(default, values) if value is None else value
        case ast.BinOp(left, ast.Add(), right):
            return _both(operator.add, _math(left, values), _math(right, values))
        case ast.BinOp(left, ast.Div(), right):
            divisor = _math(right, values)
            return _both(operator.truediv, _math(left, values), divisor) if divisor else None
    message = f"metric math that the evaluator does not support: {ast.unparse(node)}"
    raise NotImplementedError(message)


def _both(combine: Callable[[float, float], float], left: Datapoint, right: Datapoint) -> Datapoint:
    return None if left is None or right is None else combine(left, right)
