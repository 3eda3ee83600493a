"""Who is no role of the pipeline is kept out by the policies of its resources, and nothing comes in without TLS."""

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
from tests.proofs.privilege.closed import CLOSED, Call
from tests.proofs.privilege.documents import generated, statements
from tests.proofs.privilege.policies import RolePolicy, tail
from tests.proofs.privilege.test_documents import READS_THROUGH, WRITES_THROUGH
from tests.support.listening import listening_queue
from tests.support.proving import Figures
from tests.support.running import eventually

pytestmark = [pytest.mark.timeout(900), pytest.mark.proof("least privilege")]

REFUSED = {"AccessDenied", "AccessDeniedException", "AuthorizationError"}
UNSEEN = {("lambda", "ResourceNotFoundException"), ("kms", "NotFoundException")}
"""What the embedded AWS says of another account's functions and keys, where AWS says AccessDeniedException."""
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
    """A call for each resource with a policy of its own, or that only its account may reach: service and call."""
    outputs = pipeline.outputs
    closed = {document: make(pipeline) for (_, document, _), make in CLOSED.items()}
    return {
        **{name: (each.service, each.call) for name, each in closed.items()},
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
            assert code in REFUSED or (service, code) in UNSEEN, f"{what} by {who}: {code}"
            if code in REFUSED:
                figures.count("calls of other users and accounts refused")
            else:
                figures.count("calls of others answered not found, where AWS refuses")


def test_each_statement_that_denies_is_taken_away_below(figures: Figures) -> None:
    denying = {each.place for each in statements(generated()) if each.body["effect"] == "Deny"}

    assert denying == set(CLOSED)
    figures.tried("statements of all documents that deny", len(denying))


@pytest.mark.parametrize("place", CLOSED, ids=".".join)
def test_without_its_statement_a_resource_is_open_to_plain_http_and_with_it_closed_again(
    pipeline: Pipeline, place: tuple[str, str, str], figures: Figures
) -> None:
    """The embedded AWS speaks TLS alone; it takes a request for plain http where a proxy says that it came so."""
    *_, sid = place
    closed = CLOSED[place](pipeline)
    over_tls, plain = (client(pipeline.administrator, closed.service) for _ in range(2))
    plain.meta.events.register("before-sign", _say_it_came_over_http)

    assert code_of(closed.call, plain) in REFUSED
    figures.count("calls without TLS refused")
    with closed.without(sid, over_tls):
        assert code_of(closed.call, plain) is None
        figures.count("statements that deny taken away, the call without TLS then allowed")
    assert code_of(closed.call, plain) in REFUSED
    figures.count("statements that deny given back, the call then refused")
    assert code_of(closed.call, over_tls) is None


def _say_it_came_over_http(request: Any, **_: Any) -> None:
    request.headers["X-Forwarded-Proto"] = "http"


def test_nobody_assumes_a_functions_role(pipeline: Pipeline, policies: dict[str, RolePolicy], figures: Figures) -> None:
    iam, sts = pipeline.administrator.iam(), pipeline.administrator.sts()
    roles = iam.list_roles()["Roles"]
    assert {policy.role for policy in policies.values()} < {role["RoleName"] for role in roles}

    for role in roles:
        assume = partial(type(sts).assume_role, RoleArn=role["Arn"], RoleSessionName="a-test")
        assert code_of(assume, sts) == "AccessDenied", role["RoleName"]
        figures.count("roles that even the administrator may not assume")


def test_a_role_uses_the_key_through_its_services_and_no_others(
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
            "uses of the key simulated, allowed or refused as they should be",
            (len(KEY_SERVICES) + 1) * len(KEY_ACTIONS),
        )


def _key_actions(pipeline: Pipeline, policy: RolePolicy, service: str | None) -> list[str]:
    """What a role may do with the key, itself or through a service; the simulation is the embedded AWS's own."""
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


def test_a_function_is_invoked_by_the_apis_method_alone(pipeline: Pipeline, figures: Figures) -> None:
    functions = pipeline.administrator.functions()
    methods = {"ingestion": "POST/ingest", "processor": "POST/process", "query": "GET/query"}

    for function, method in methods.items():
        policy = json.loads(functions.get_policy(FunctionName=pipeline.outputs[FUNCTIONS[function]])["Policy"])
        (statement,) = policy["Statement"]
        assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
        assert statement["Action"] == "lambda:InvokeFunction"
        source = f"{pipeline.outputs['ApiExecutionArn']}/{pipeline.outputs['ApiStageName']}/{method}"
        assert statement["Condition"] == {"ArnLike": {"AWS:SourceArn": source}}
        figures.count("function policies that let in one method, as applied")


def test_who_lets_the_api_in_is_not_asked_here(pipeline: Pipeline, figures: Figures) -> None:
    """Held by `test_resource_documents.test_one_method_invokes_each_function`, and by the test above."""
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


def test_which_queue_uses_a_dead_letter_queue_is_not_asked_here(pipeline: Pipeline, figures: Figures) -> None:
    """Held by `test_resource_documents.test_who_dead_letters_where_is_documented`."""
    sqs = pipeline.administrator.sqs()
    url = pipeline.outputs["DeadLetterQueueUrl"]
    names: Any = ["QueueArn", "RedriveAllowPolicy"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    (source,) = json.loads(attributes["RedriveAllowPolicy"])["sourceQueueArns"]
    assert source.endswith(f":{tail(pipeline.outputs['IngestionQueueUrl'])}")
    redrive = json.dumps({"deadLetterTargetArn": attributes["QueueArn"], "maxReceiveCount": 1})

    other = sqs.create_queue(QueueName="no-source-of-it", Attributes={"RedrivePolicy": redrive})["QueueUrl"]

    sqs.delete_queue(QueueUrl=other)
    figures.count("policies not enforced here, as measured")


def test_whose_alarms_publish_is_not_asked_here(pipeline: Pipeline, figures: Figures) -> None:
    """Held by the statements AlarmsPublish and AlarmsToEncryptedTopic in `documented/resources.py`."""
    sns, cloudwatch = pipeline.administrator.sns(), pipeline.administrator.cloudwatch()
    topic = pipeline.outputs["AlertTopicArn"]
    applied = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    document = json.loads(applied)
    document["Statement"] = [each for each in document["Statement"] if each["Effect"] == "Deny"]
    (alarm, *_) = cloudwatch.describe_alarms()["MetricAlarms"]

    with listening_queue(pipeline.administrator, topic) as messages:
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(document))
        try:
            cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="a test")
            assert eventually(lambda: alarm["AlarmName"] in str(messages()) or None)
        finally:
            sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=applied)
            cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="OK", StateReason="a test")
    figures.count("policies not enforced here, as measured")
