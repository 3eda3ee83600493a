"""A correction of the emulator does what AWS does, and no more."""

import asyncio
import json
import socket
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ops.local.emulator import credential_scope, queue_batches, simulation, traces
from ops.local.emulator.alarms import describe_in_full, keep_metrics
from ops.local.emulator.authorizations import log_decision

AS_XML = (False, False)


def test_batch_calls_need_the_action_of_the_single_call() -> None:
    names = {"1": "SendMessageBatch", "2": "SendMessage", "3": "BatchWriteItem"}

    assert [queue_batches.iam_action(names.get, key) for key in ("1", "2", "3", "4")] == [
        "SendMessage",
        "SendMessage",
        "BatchWriteItem",
        None,
    ]


def put(alarm: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    store = SimpleNamespace(_alarms={"a": alarm})
    module: Any = store
    keep_metrics(lambda *_: (200, {}, b""), module, {"AlarmName": ["a"], **parameters}, {}, *AS_XML)
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
    _, _, body = describe_in_full(describe, module, {"AlarmNames.member.1": ["a<b"]}, {}, *AS_XML)

    assert asked == [{"AlarmNames": ["a<b"]}]
    assert body.decode() == (
        "<DescribeAlarmsResult><MetricAlarms><member><AlarmName>a&lt;b</AlarmName>"
        "<OKActions><member>x</member><member>y</member></OKActions><ActionsEnabled>true</ActionsEnabled>"
        "<StateUpdatedTimestamp>1970-01-01T00:00:00+00:00</StateUpdatedTimestamp>"
        "</member></MetricAlarms></DescribeAlarmsResult>"
    )


ROOT = "1-6b045902-6890c033092afa51794f1e4c"
TRACED = {"TracingConfig": {"Mode": "Active"}, "FunctionName": "f", "FunctionArn": "arn"}


def decided(scope: str, authorization_type: str = "AWS_IAM") -> object:
    """The decision on a request to an API in us-east-1: the refusal's code and message, or MiniStack's decision."""
    gateway = SimpleNamespace(
        find_api_scope=lambda _: ("000000000000", "us-east-1"),
        authentication_error_response=lambda *arguments: (arguments[2].code, arguments[2].message),
    )
    app: Any = SimpleNamespace(
        _get_module=lambda _: gateway, _execute_api_authorization_type=lambda *_: authorization_type
    )
    headers = {"authorization": f"AWS4-HMAC-SHA256 Credential=AKIA/20261123/{scope}/aws4_request, SignedHeaders=host"}
    request: Any = ("id", "dev", "POST", "/ingest", headers, {}, "more")
    return credential_scope.check_scope(lambda *_, **__: "allowed", app, *request)


def test_a_signature_is_accepted_for_its_own_region_and_service_alone() -> None:
    assert decided("us-east-1/execute-api") == "allowed"
    assert decided("eu-west-1/execute-api") == (
        "SignatureDoesNotMatch",
        "Credential should be scoped to a valid region, not 'eu-west-1'. ",
    )
    assert decided("us-east-1/sqs") == (
        "SignatureDoesNotMatch",
        "Credential should be scoped to correct service: 'execute-api'. ",
    )
    assert decided("eu-west-1/sqs", "NONE") == "allowed"


def test_an_apis_answer_names_the_request_that_the_function_saw() -> None:
    def build(*_: Any) -> dict[str, Any]:
        client = {"x-amzn-trace-id": f"Root={ROOT};Sampled=0"}
        return {"headers": client, "multiValueHeaders": dict(client), "requestContext": {"requestId": "r"}}

    async def invoke(answer: Any) -> Any:
        assert traces.build_event(build)["headers"] == {"X-Amzn-Trace-Id": f"Root={ROOT};Sampled=0"}
        return answer

    async def answered(answer: Any) -> Any:
        return await traces.answer_request(invoke, answer)

    status, headers, _ = asyncio.run(answered((200, {"a": "b"}, b"")))
    assert (status, headers) == (
        200,
        {"a": "b", "x-amzn-requestid": "r", "x-amzn-trace-id": f"Root={ROOT};Sampled=0"},
    )
    assert asyncio.run(answered("an error of the gateway")) == "an error of the gateway"


def test_an_invocation_continues_the_trace_of_its_request() -> None:
    sent: list[dict[str, Any]] = []
    seen: list[str | None] = []

    def invoke(*_: Any) -> dict[str, Any]:
        seen.append(traces.invocation_header(lambda *_: "made up", TRACED))
        return {"body": {}}

    run = partial(traces.run_traced, invoke, sent.append)
    run({}, TRACED, {"headers": {"X-Amzn-Trace-Id": f"Root={ROOT};Parent=1;Sampled=1"}}, "r", 1.0)
    run({}, TRACED, {"headers": {"X-Amzn-Trace-Id": f"Root={ROOT};Sampled=0"}}, "r", 1.0)
    run({}, TRACED, {"Records": []}, "r", 1.0)
    run({}, {}, None, "r", 1.0)

    first, _, third = sent[0], seen[1], sent[1]
    assert (first["trace_id"], first["name"], first["fault"]) == (ROOT, "f", False)
    assert seen[:2] == [f"Root={ROOT};Parent={first['id']};Sampled=1", seen[1]]
    assert "Sampled=0" in str(seen[1])
    assert third["trace_id"] not in (ROOT, None)
    assert seen[3] == "made up"
    assert len(sent) == 2


def test_segments_that_are_sent_are_read_back_whole() -> None:
    stored = traces.Traces()
    host, _, port = stored.listen().partition(":")
    segment = {"trace_id": ROOT, "id": "a", "name": "f"}
    subsegment = {"trace_id": ROOT, "id": "b", "parent_id": "a", "type": "subsegment", "name": "handler"}

    def read() -> Any:
        asked = json.dumps({"TraceIds": [ROOT, "1-unknown"]}).encode()
        return json.loads(asyncio.run(stored.handle_request("POST", "/Traces", {}, asked, {}))[2])["Traces"]

    assert read() == []
    stored.add(segment)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b'{"format": "json", "version": 1}\n' + json.dumps(subsegment).encode(), (host, int(port)))
    whole = {**segment, "subsegments": [subsegment]}
    while (document := json.loads(read()[0]["Segments"][0]["Document"])) != whole:
        assert document == segment
    assert read()[0]["Id"] == ROOT


def test_the_oldest_traces_are_deleted() -> None:
    stored = traces.Traces()
    for number in range(1_001):
        stored.add({"trace_id": str(number), "id": "a"})

    asked = json.dumps({"TraceIds": ["0", "1", "1000"]}).encode()
    _, _, body = asyncio.run(stored.handle_request("POST", "/Traces", {}, asked, {}))
    assert [trace["Id"] for trace in json.loads(body)["Traces"]] == ["1", "1000"]
    assert asyncio.run(stored.handle_request("POST", "/TraceSummaries", {}, b"{}", {}))[0] == 501


@pytest.mark.parametrize("header", [None, "", "Self=1-a-b", "nonsense"])
def test_a_request_without_a_trace_begins_one(header: str | None) -> None:
    begun = traces.trace_header(header)

    assert begun.startswith("Root=1-")
    assert begun.endswith(";Sampled=1")
    assert begun != traces.trace_header(header)


def test_the_messages_of_a_batch_keep_their_system_attributes() -> None:
    sent: list[Any] = []

    def keep(data: dict[str, Any], _: str) -> dict[str, Any]:
        sent.append(data.get("MessageSystemAttributes"))
        return {}

    def send_batch(data: dict[str, Any], url: str) -> dict[str, Any]:
        for entry in data["Entries"]:
            queue_batches.send_message(keep, {"MessageBody": entry["MessageBody"]}, url)
        return {}

    entries = [{"MessageBody": "a", "MessageSystemAttributes": {"x": 1}}, {"MessageBody": "b"}]
    queue_batches.send_batch(send_batch, {"Entries": entries}, "url")
    queue_batches.send_message(keep, {"MessageBody": "c", "MessageSystemAttributes": {"y": 2}}, "url")

    assert sent == [{"x": 1}, None, {"y": 2}]


def test_a_decision_is_logged_where_the_log_exists_and_never_changed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    decisions = {"allowed": None, "refused": "denial"}
    enforce = partial(log_decision, lambda key, *_, **__: decisions[key], "arn:{}".format, log)

    assert enforce("allowed", "sqs:SendMessage", "sqs", "us-east-1") is None
    assert not log.exists()
    log.touch()
    assert enforce("allowed", "sqs:SendMessage", "sqs", "us-east-1", "arn:queue") is None
    assert (
        enforce("refused", "sns:Publish", "sns", "us-east-1", resource_arn="arn:topic", service_context={}) == "denial"
    )

    assert [json.loads(line) for line in log.read_text().splitlines()] == [
        {"principal": "arn:allowed", "action": "sqs:SendMessage", "resource": "arn:queue", "allowed": True},
        {"principal": "arn:refused", "action": "sns:Publish", "resource": "arn:topic", "allowed": False},
    ]


def test_a_simulation_knows_its_context_and_other_requests_do_not() -> None:
    resolve = partial(simulation.condition_value, lambda key, _: f"own {key}")
    simulate = partial(
        simulation.simulate, lambda _: [resolve("kms:ViaService", None), resolve("aws:PrincipalArn", None)]
    )
    entry = {
        "ContextEntries.member.1.ContextKeyName": ["kms:viaservice"],
        "ContextEntries.member.1.ContextKeyValues.member.1": ["sqs.us-east-1.amazonaws.com"],
    }

    assert simulate(entry) == ["sqs.us-east-1.amazonaws.com", "own aws:PrincipalArn"]
    assert simulate({}) == ["own kms:ViaService", "own aws:PrincipalArn"]
    assert resolve("kms:ViaService", None) == "own kms:ViaService"
