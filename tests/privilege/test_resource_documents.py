"""The documents and permissions of resources: who else is let in, for what, and under which condition."""

import pytest

from generate.naming import FUNCTIONS, log_group_name, resource_name
from tests.privilege.documents import Body, Statement, resources
from tests.proving import Figures

pytestmark = pytest.mark.proof("least privilege")

SUFFIX = "${var.environment_suffix}"


def test_a_method_invokes_its_function_alone(roots: dict[str, Body], figures: Figures) -> None:
    permissions = {name: body for kind, name, body in resources(roots) if kind == "aws_lambda_permission"}

    assert {
        name: body["source_arn"].partition("${aws_api_gateway_stage.this.stage_name}/")[2]
        for name, body in permissions.items()
    } == {
        "ingestion": "POST/ingest",
        "processor": "POST/process",
        "query": "GET/query",
    }
    for body in permissions.values():
        assert (body["action"], body["principal"]) == ("lambda:InvokeFunction", "apigateway.amazonaws.com")
        assert body["source_arn"].startswith("${aws_api_gateway_rest_api.this.execution_arn}/")
        figures.count("permissions that name one method of this API's stage")


def test_one_queue_may_use_the_dead_letter_queue(roots: dict[str, Body], figures: Figures) -> None:
    allow = {
        name: body["redrive_allow_policy"]
        for kind, name, body in resources(roots)
        if kind == "aws_sqs_queue" and "redrive_allow_policy" in body
    }

    assert 'redrivePermission = "byQueue"' in allow["dead_letter"]
    assert allow["dead_letter"].count("arn:") == 1
    assert resource_name("ingestion_queue", SUFFIX) in allow["dead_letter"]
    assert allow["async_dead_letter"] == '${jsonencode({ redrivePermission = "denyAll" })}'
    figures.tried("dead-letter queues with the one source that they need, or none", len(allow))


def test_without_tls_nothing_is_allowed(every: list[Statement], roots: dict[str, Body], figures: Figures) -> None:
    denials = [each.body for each in every if each.body["effect"] == "Deny"]
    kept = [kind for kind, _, _ in resources(roots) if kind in {"aws_sqs_queue", "aws_sns_topic", "aws_s3_bucket"}]

    assert len(denials) == len(kept)
    for denial in denials:
        assert denial["principals"] == [{"type": "*", "identifiers": ["*"]}]
        insecure = {"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}
        assert denial["condition"] == [insecure]
        figures.count("queues, topics and buckets closed to plain http")


def test_alarms_of_this_environment_publish_and_use_the_key_alone(every: list[Statement], figures: Figures) -> None:
    found = {each.sid: each.body for each in every if each.sid in {"AlarmsPublish", "AlarmsToEncryptedTopic"}}

    assert found["AlarmsPublish"]["actions"] == ["sns:Publish"]
    assert found["AlarmsPublish"]["resources"] == ["${aws_sns_topic.alerts.arn}"]
    for body in found.values():
        conditions = {each["variable"]: each["values"] for each in body["condition"]}
        assert conditions["aws:SourceAccount"] == ["${data.aws_caller_identity.current.account_id}"]
        (source,) = conditions["aws:SourceArn"]
        assert source.endswith(":alarm:*-${var.environment_suffix}")
        assert body["principals"] == [{"type": "Service", "identifiers": ["cloudwatch.amazonaws.com"]}]
        figures.count("statements for alarms of this account and environment alone")


def test_log_groups_of_this_environment_use_the_key_alone(every: list[Statement], figures: Figures) -> None:
    (body,) = [each.body for each in every if each.place == ("data", "key", "LogGroups")]

    (condition,) = body["condition"]
    assert (condition["test"], condition["variable"]) == ("ArnLike", "kms:EncryptionContext:aws:logs:arn")
    assert all("${var.environment_suffix}" in value for value in condition["values"])
    assert {value.split(":log-group:")[1] for value in condition["values"]} == {
        *(log_group_name(name, SUFFIX) for name in FUNCTIONS),
        f"/aws/apigateway/{resource_name('api', SUFFIX)}",
        "API-Gateway-Execution-Logs_*/${var.environment_suffix}",
    }
    figures.tried("log groups that the key is for", len(condition["values"]))
