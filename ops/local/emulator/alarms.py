"""Puts right how alarms are kept and described over CloudWatch's query protocol, which Terraform's provider speaks.

MiniStack 1.5.33 drops the metrics of an alarm on metric math, and leaves most fields out of DescribeAlarms' XML, so
that every alarm looks changed right after it was applied. Over JSON they are there: these are written as XML here.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, Final
from xml.sax.saxutils import escape

Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Answer]
"""Takes the query's parameters, a document, and the flags `is_cbor` and `is_json`."""
_OK: Final = 200
_AS_JSON: Final = (False, True)
_OF_ONE_METRIC: Final = ("Period", "Statistic", "ExtendedStatistic", "MetricName", "Namespace")
"""What an alarm on metric math does not have."""


def keeping_metrics(put: Handler, cloudwatch: ModuleType) -> Handler:
    """Wrap PutMetricAlarm so that an alarm has its metrics, or its one statistic, and no made-up ones beside them."""

    def handle(parameters: dict[str, Any], document: dict[str, Any], *flags: bool) -> Answer:
        answer = put(parameters, document, *flags)
        if answer[0] == _OK:
            name = document.get("AlarmName") or _first(parameters["AlarmName"])
            alarm = cloudwatch._alarms[name]  # noqa: SLF001  # its store has no other door
            metrics = document.get("Metrics") or _members(_nested(parameters).get("Metrics", {}))
            if metrics:
                alarm.update({**dict.fromkeys(_OF_ONE_METRIC), "Metrics": metrics})
            elif alarm["ExtendedStatistic"]:
                alarm["Statistic"] = None
        return answer

    return handle


def describing_in_full(describe: Handler, cloudwatch: ModuleType) -> Handler:
    """Wrap DescribeAlarms so that its XML has every field that its JSON has."""

    def handle(parameters: dict[str, Any], document: dict[str, Any], *flags: bool) -> Answer:
        if any(flags):
            return describe(parameters, document, *flags)
        query = {name: _members(value) for name, value in _nested(parameters).items()}
        status, _, body = describe({}, query, *_AS_JSON)
        if status != _OK:
            return describe(parameters, document, *flags)
        result = "".join(_elements(json.loads(body)))
        answer: Answer = cloudwatch._xml(  # noqa: SLF001  # the envelope of every answer
            status, "DescribeAlarmsResponse", f"<DescribeAlarmsResult>{result}</DescribeAlarmsResult>"
        )
        return answer

    return handle


def _elements(value: Any, name: str = "") -> Iterator[str]:
    """A JSON value in the query protocol's XML: absent where null, lists as `member`s."""
    if value is None:
        return
    if name.endswith("Timestamp"):
        value = datetime.fromtimestamp(value, UTC).isoformat()
    if isinstance(value, dict):
        content = "".join(part for key, item in value.items() for part in _elements(item, key))
    elif isinstance(value, list):
        content = "".join(part for item in value for part in _elements(item, "member"))
    else:
        content = escape(json.dumps(value) if isinstance(value, bool) else str(value))
    yield f"<{name}>{content}</{name}>" if name else content


def _nested(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The query protocol's flat names, `Metrics.member.1.Id`, as nested dicts."""
    root: dict[str, Any] = {}
    for name, value in parameters.items():
        *path, last = name.split(".")
        node = root
        for part in path:
            node = node.setdefault(part, {})
        node[last] = _first(value)
    return root


def _members(value: Any) -> Any:
    """Nested dicts whose only key is `member` as lists, in the order of their numbers."""
    if not isinstance(value, dict):
        return value
    if set(value) == {"member"}:
        return [_members(item) for _, item in sorted(value["member"].items(), key=lambda pair: int(pair[0]))]
    return {name: _members(item) for name, item in value.items()}


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value
