"""Corrects how alarms are stored and described over CloudWatch's query protocol, which Terraform's provider uses.

MiniStack 1.5.33 drops the metrics of a metric math alarm, and leaves most fields out of DescribeAlarms' XML, so that
Terraform plans a change of every alarm right after an apply. Its JSON has the fields: they are written as XML here.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, Final
from xml.sax.saxutils import escape

Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Answer]
"""Takes the query's parameters, a document, and the flags `is_cbor` and `is_json`."""
_OK: Final = 200
_AS_JSON: Final = (False, True)
_SINGLE_METRIC: Final = ("Period", "Statistic", "ExtendedStatistic", "MetricName", "Namespace")
"""Fields that a metric math alarm does not have."""


def keep_metrics(
    put: Handler, cloudwatch: ModuleType, parameters: dict[str, Any], document: dict[str, Any], *flags: bool
) -> Answer:
    """Handle PutMetricAlarm; store the alarm's metrics, or its one statistic, and no defaults beside them."""
    answer = put(parameters, document, *flags)
    if answer[0] == _OK:
        given = document or _document(parameters)
        alarm = cloudwatch._alarms[given["AlarmName"]]  # noqa: SLF001  # there is no public access to its store
        if given.get("Metrics"):
            alarm.update({**dict.fromkeys(_SINGLE_METRIC), "Metrics": given["Metrics"]})
        elif alarm["ExtendedStatistic"]:
            alarm["Statistic"] = None
    return answer


def describe_in_full(
    describe: Handler, cloudwatch: ModuleType, parameters: dict[str, Any], document: dict[str, Any], *flags: bool
) -> Answer:
    """Handle DescribeAlarms; its XML gets every field that its JSON has."""
    if any(flags):
        return describe(parameters, document, *flags)
    status, _, body = describe({}, _document(parameters), *_AS_JSON)
    result = f"<DescribeAlarmsResult>{_xml(json.loads(body))}</DescribeAlarmsResult>"
    answer: Answer = cloudwatch._xml(status, "DescribeAlarmsResponse", result)  # noqa: SLF001  # adds the envelope
    return answer


def _xml(value: Any, name: str = "") -> str:
    """Write a JSON value as the query protocol's XML: nulls are left out, list items are `member`s."""
    if value is None:
        return ""
    if name.endswith("Timestamp"):
        value = datetime.fromtimestamp(value, UTC).isoformat()
    if isinstance(value, list):
        content = "".join(_xml(item, "member") for item in value)
    elif isinstance(value, dict):
        content = "".join(_xml(item, key) for key, item in value.items())
    else:
        content = escape(json.dumps(value) if isinstance(value, bool) else str(value))
    return f"<{name}>{content}</{name}>" if name else content


def _document(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Read the query protocol's flat names, such as `Metrics.member.1.Id`, as nested dicts and lists."""
    root: dict[str, Any] = {}
    for name, value in parameters.items():
        *path, last = name.split(".")
        node = root
        for part in path:
            node = node.setdefault(part, {})
        node[last] = value[0] if isinstance(value, list) else value
    return {name: _with_lists(value) for name, value in root.items()}


def _with_lists(value: Any) -> Any:
    """Turn dicts whose only key is `member` into lists in the order of their numbers."""
    if not isinstance(value, dict):
        return value
    if set(value) == {"member"}:
        return [_with_lists(item) for _, item in sorted(value["member"].items(), key=lambda pair: int(pair[0]))]
    return {name: _with_lists(item) for name, item in value.items()}
