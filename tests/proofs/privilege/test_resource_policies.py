"""The resources' policies refuse every principal that is not a role of the pipeline, and every call without TLS."""

import json
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.aws.access import Access, Keys
from ops.aws.api_client import ApiClient
from ops.local.pipeline import Pipeline
from ops.operate.logs import FUNCTIONS
from tests.proofs.privilege.applied_policies import RolePolicy, tail
from tests.proofs.privilege.generated_documents import generated, statements
from tests.proofs.privilege.test_documents import READS_THROUGH, WRITES_THROUGH
from tests.proofs.privilege.tls_only import TLS_ONLY, Call
from tests.support.proving import Figures
from tests.support.running_pipeline import eventually
from tests.support.topic_subscriber import subscribed_queue

pytestmark = [pytest.mark.timeout(900), pytest.mark.proof("least privilege")]

REFUSED = {"AccessDenied", "AccessDeniedException", "AuthorizationError"}
NOT_FOUND = {("lambda", "ResourceNotFoundException"), ("kms", "NotFoundException")}
"""The embedded AWS's errors for another account's functions and keys, where AWS answers AccessDeniedException."""
KEY_ACTIONS = ["kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:ReEncryptFrom", "kms:CreateGrant"]
KEY_SERVICES = ("dynamodb", "sqs", "sns", "ssm", "s3", "lambda", "logs")


def client(access: Access, service: str) -> Any:
    session: Any = access.session()
    return session.client(service, endpoint_url=access.endpoint, verify=str(access.authority))


def code_of(call: Call, client: Any) -> str | None:
    """The error by which a call is refused, or None where it is allowed."""
    try:
        call(client)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def calls(pipeline: Pipeline) -> dict[str, tuple[str, Call]]:
    """A call for each resource with its own policy, or that only its account may use: service and call."""
    outputs = pipeline.outputs
    tls_only = {document: make(pipeline) for (_, document, _), make in TLS_ONLY.items()}
    return {
        **{name: (each.service, each.call) for name, each in tls_only.items()},
        **{name: ("lambda", _function(outputs[name])) for name in FUNCTIONS.values()},
        "key": ("kms", lambda kms: kms.encrypt(KeyId=outputs["KeyArn"], Plaintext=b"a test")),
    }


def _function(name: str) -> Call:
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    return lambda functions: functions.get_function(FunctionName=arn)


def test_another_user_and_another_account_are_refused(pipeline: Pipeline, figures: Figures) -> None:
    others = {
        "another user": pipeline.stranger,
        "the API's caller": pipeline.caller,
        "another account": replace(pipeline.administrator, keys=Keys("111111111111", "any")),
    }

    for what, (service, call) in calls(pipeline).items():
        assert code_of(call, client(pipeline.administrator, service)) is None, f"{what} by the administrator"
        for who, access in others.items():
            code = code_of(call, client(access, service))
            assert code in REFUSED or (service, code) in NOT_FOUND, f"{what} by {who}: {code}"
            if code in REFUSED:
                figures.count("calls of other users and accounts refused")
            else:
                figures.count("calls of others answered not found, where AWS refuses")


def test_each_statement_that_denies_is_taken_away_below(figures: Figures) -> None:
    denying = {each.place for each in statements(generated()) if each.body["effect"] == "Deny"}

    assert denying == set(TLS_ONLY)
    figures.tried("statements of all documents that deny", len(denying))


@pytest.mark.parametrize("place", TLS_ONLY, ids=".".join)
def test_without_its_statement_a_resource_is_open_to_plain_http_and_with_it_closed_again(
    pipeline: Pipeline, place: tuple[str, str, str], figures: Figures
) -> None:
    """The embedded AWS accepts only TLS; a request counts as plain http where a proxy's header says so."""
    *_, sid = place
    tls_only = TLS_ONLY[place](pipeline)
    over_tls, plain = (client(pipeline.administrator, tls_only.service) for _ in range(2))
    plain.meta.events.register("before-sign", _mark_as_http)

    assert code_of(tls_only.call, plain) in REFUSED
    figures.count("calls without TLS refused")
    with tls_only.without(sid, over_tls):
        assert code_of(tls_only.call, plain) is None
        figures.count("denying statements removed, the call without TLS then allowed")
    assert code_of(tls_only.call, plain) in REFUSED
    figures.count("denying statements restored, the call then refused")
    assert code_of(tls_only.call, over_tls) is None


def _mark_as_http(request: Any, **_: Any) -> None:
    request.headers["X-Forwarded-Proto"] = "http"


def test_nobody_assumes_a_functions_role(pipeline: Pipeline, policies: dict[str, RolePolicy], figures: Figures) -> None:
    iam, sts = pipeline.administrator.iam(), pipeline.administrator.sts()
    roles = iam.list_roles()["Roles"]
    assert {policy.role for policy in policies.values()} < {role["RoleName"] for role in roles}

    for role in roles:
        assume = partial(type(sts).assume_role, RoleArn=role["Arn"], RoleSessionName="a-test")
        assert code_of(assume, sts) == "AccessDenied", role["RoleName"]
        figures.count("roles that not even the administrator may assume")


def test_a_role_uses_the_key_only_through_its_services(
    pipeline: Pipeline, policies: dict[str, RolePolicy], figures: Figures
) -> None:
    for function, policy in policies.items():
        writes, reads = WRITES_THROUGH[function], READS_THROUGH.get(function, [])
        expected = {("kms:GenerateDataKey", service) for service in writes}
        expected |= {("kms:Decrypt", service) for service in (*writes, *reads)}

        found = {(action, service) for service in KEY_SERVICES for action in _key_actions(pipeline, policy, service)}

        assert found == expected
        assert _key_actions(pipeline, policy, None) == []
        figures.tried(
            "simulated uses of the key, allowed or refused as expected",
            (len(KEY_SERVICES) + 1) * len(KEY_ACTIONS),
        )


def _key_actions(pipeline: Pipeline, policy: RolePolicy, service: str | None) -> list[str]:
    """The actions that a role may do with the key, directly or through a service, by the embedded AWS's simulation."""
    host = f"{service}.{pipeline.administrator.region}.amazonaws.com"
    via = {"ContextKeyName": "kms:ViaService", "ContextKeyType": "string", "ContextKeyValues": [host]}
    iam: Any = policy.iam
    answer = iam.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::000000000000:role/{policy.role}",
        ActionNames=KEY_ACTIONS,
        ResourceArns=[pipeline.outputs["KeyArn"]],
        ContextEntries=[via] if service else [],
    )
    return [each["EvalActionName"] for each in answer["EvaluationResults"] if each["EvalDecision"] == "allowed"]


def test_a_function_is_invoked_only_by_the_apis_method(pipeline: Pipeline, figures: Figures) -> None:
    functions = pipeline.administrator.functions()
    methods = {"ingestion": "POST/ingest", "processor": "POST/process", "query": "GET/query"}

    for function, method in methods.items():
        policy = json.loads(functions.get_policy(FunctionName=pipeline.outputs[FUNCTIONS[function]])["Policy"])
        (statement,) = policy["Statement"]
        assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
        assert statement["Action"] == "lambda:InvokeFunction"
        source = f"{pipeline.outputs['ApiExecutionArn']}/{pipeline.outputs['ApiStageName']}/{method}"
        assert statement["Condition"] == {"ArnLike": {"AWS:SourceArn": source}}
        figures.count("function policies that admit one method, as applied")


def test_permissions_of_functions_are_not_enforced_here(pipeline: Pipeline, figures: Figures) -> None:
    """Checked by `test_resource_documents.test_one_method_invokes_each_function`, and by the test above."""
    functions: Any = pipeline.administrator.functions()
    name = pipeline.outputs["QueryFunctionName"]
    (statement,) = json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"]

    functions.remove_permission(FunctionName=name, StatementId=statement["Sid"])
    try:
        answer = ApiClient(pipeline.api, pipeline.caller).get("/query", {"device_id": "nobody"})
    finally:
        functions.add_permission(
            FunctionName=name,
            StatementId=statement["Sid"],
            Action=statement["Action"],
            Principal=statement["Principal"]["Service"],
            SourceArn=statement["Condition"]["ArnLike"]["AWS:SourceArn"],
        )

    assert answer.status == HTTPStatus.OK
    assert json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"] == [statement]
    figures.count("policies not enforced here, as measured")


def test_redrive_allow_policies_are_not_enforced_here(pipeline: Pipeline, figures: Figures) -> None:
    """Checked by `test_resource_documents.test_the_sources_of_dead_letter_queues_are_documented`."""
    sqs = pipeline.administrator.sqs()
    url = pipeline.outputs["DeadLetterQueueUrl"]
    names: Any = ["QueueArn", "RedriveAllowPolicy"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    (source,) = json.loads(attributes["RedriveAllowPolicy"])["sourceQueueArns"]
    assert source.endswith(f":{tail(pipeline.outputs['IngestionQueueUrl'])}")
    redrive = json.dumps({"deadLetterTargetArn": attributes["QueueArn"], "maxReceiveCount": 1})

    other = sqs.create_queue(QueueName="not-its-source", Attributes={"RedrivePolicy": redrive})["QueueUrl"]

    sqs.delete_queue(QueueUrl=other)
    figures.count("policies not enforced here, as measured")


def test_permissions_of_alarms_are_not_enforced_here(pipeline: Pipeline, figures: Figures) -> None:
    """Checked by the statements AlarmsPublish and AlarmsToEncryptedTopic in `documented/resources.py`."""
    sns, cloudwatch = pipeline.administrator.sns(), pipeline.administrator.cloudwatch()
    topic = pipeline.outputs["AlertTopicArn"]
    applied = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    document = json.loads(applied)
    document["Statement"] = [each for each in document["Statement"] if each["Effect"] == "Deny"]
    (alarm, *_) = cloudwatch.describe_alarms()["MetricAlarms"]

    with subscribed_queue(pipeline.administrator, topic) as messages:
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(document))
        try:
            cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="a test")
            assert eventually(lambda: alarm["AlarmName"] in str(messages()) or None)
        finally:
            sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=applied)
            cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="OK", StateReason="a test")
    figures.count("policies not enforced here, as measured")
