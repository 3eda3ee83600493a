"""Plays a generated alarm over a made-up series. This is not CloudWatch: it holds what the alarm says, no more.

The rules are those of the CloudWatch user guide, "Evaluating an alarm" and "Configuring how CloudWatch alarms treat
missing data": of the last `evaluation_periods` datapoints, `datapoints_to_alarm` must breach; a missing one counts as
`treat_missing_data` says.
"""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Datapoint = float | None
"""A period's statistic, or nothing where nothing was measured."""

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def state(alarm: Mapping[str, Any], threshold: float, series: Mapping[str, Sequence[Datapoint]]) -> str:
    """The alarm's state after the last period.

    Args:
        alarm: An `aws_cloudwatch_metric_alarm` as generated.
        threshold: Its threshold, resolved.
        series: By the metric's name, or by the ids of a metric math's queries; all of one length.

    Returns:
        `OK` or `ALARM`.
    """
    values = _values(alarm, series)[-alarm["evaluation_periods"] :]
    breaches = _COMPARISONS[alarm["comparison_operator"]]
    missing = {"breaching": True, "notBreaching": False}[alarm["treat_missing_data"]]
    breaching = [missing if value is None else breaches(value, threshold) for value in values]
    return "ALARM" if sum(breaching) >= alarm["datapoints_to_alarm"] else "OK"


def _values(alarm: Mapping[str, Any], series: Mapping[str, Sequence[Datapoint]]) -> list[Datapoint]:
    if "metric_query" not in alarm:
        return list(series[alarm["metric_name"]])
    (expression,) = (query["expression"] for query in alarm["metric_query"] if "expression" in query)
    tree = ast.parse(expression, mode="eval").body
    length = max(len(values) for values in series.values())
    return [_math(tree, {name: values[index] for name, values in series.items()}) for index in range(length)]


def _math(node: ast.expr, values: Mapping[str, Datapoint]) -> Datapoint:
    """Metric math of the kind in use: FILL, plus and division; a division by zero yields no datapoint."""
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
    message = f"metric math that the evaluator does not know: {ast.unparse(node)}"
    raise NotImplementedError(message)


def _both(combine: Callable[[float, float], float], left: Datapoint, right: Datapoint) -> Datapoint:
    return None if left is None or right is None else combine(left, right)
