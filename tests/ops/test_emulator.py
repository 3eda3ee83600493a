"""What is put right in the emulator is what AWS does, and no more."""

import json
from types import SimpleNamespace
from typing import Any

from ops.embedded.emulator.actions import base_action
from ops.embedded.emulator.alarms import describing_in_full, keeping_metrics

AS_XML = (False, False)


def test_batch_calls_need_the_action_of_the_single_call() -> None:
    names = {"1": "SendMessageBatch", "2": "SendMessage", "3": "BatchWriteItem"}
    action = base_action(names.get)

    assert [action(key) for key in ("1", "2", "3", "4")] == ["SendMessage", "SendMessage", "BatchWriteItem", None]


def put(alarm: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    store = SimpleNamespace(_alarms={"a": alarm})
    module: Any = store
    keeping_metrics(lambda *_: (200, {}, b""), module)({"AlarmName": ["a"], **parameters}, {}, *AS_XML)
    return alarm


def test_an_alarm_on_metric_math_keeps_its_metrics_and_has_no_metric_of_its_own() -> None:
    alarm = put(
        {"Period": 60, "Statistic": "Average", "ExtendedStatistic": None},
        {
            "Metrics.member.1.Id": ["result"],
            "Metrics.member.1.Expression": ["a / b"],
            "Metrics.member.2.MetricStat.Metric.Dimensions.member.1.Name": ["Environment"],
        },
    )

    assert (alarm["Period"], alarm["Statistic"]) == (None, None)
    assert alarm["Metrics"] == [
        {"Id": "result", "Expression": "a / b"},
        {"MetricStat": {"Metric": {"Dimensions": [{"Name": "Environment"}]}}},
    ]


def test_an_alarm_on_a_percentile_has_no_statistic_beside_it() -> None:
    assert put({"Statistic": "Average", "ExtendedStatistic": "p90"}, {})["Statistic"] is None


def test_an_alarm_is_described_with_every_field() -> None:
    alarm = {
        "AlarmName": "a<b",
        "OKActions": ["x", "y"],
        "ActionsEnabled": True,
        "StateUpdatedTimestamp": 0,
        "Unit": None,
    }
    asked: list[dict[str, Any]] = []

    def describe(_: Any, query: dict[str, Any], *_flags: bool) -> tuple[int, dict[str, str], bytes]:
        asked.append(query)
        return 200, {}, json.dumps({"MetricAlarms": [alarm]}).encode()

    module: Any = SimpleNamespace(_xml=lambda status, _, inner: (status, {}, inner.encode()))
    _, _, body = describing_in_full(describe, module)({"AlarmNames.member.1": ["a<b"]}, {}, *AS_XML)

    assert asked == [{"AlarmNames": ["a<b"]}]
    assert body.decode() == (
        "<DescribeAlarmsResult><MetricAlarms><member><AlarmName>a&lt;b</AlarmName>"
        "<OKActions><member>x</member><member>y</member></OKActions><ActionsEnabled>true</ActionsEnabled>"
        "<StateUpdatedTimestamp>1970-01-01T00:00:00+00:00</StateUpdatedTimestamp>"
        "</member></MetricAlarms></DescribeAlarmsResult>"
    )
