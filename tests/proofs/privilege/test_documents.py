"""What the policy documents allow, and what they do not: this is checked where the embedded AWS does not enforce it."""

import json

import pytest

from generate.naming import FUNCTIONS
from generate.project import generate_project
from generate.settings import AccountSettings, Api, EnvironmentSettings
from tests.proofs.privilege.generated_documents import Body, Statement, generated, resources, statements
from tests.support.proving import Figures

pytestmark = pytest.mark.proof("least privilege")

WILDCARD_RESOURCES = {
    ("data", "key", "AccountGovernsByIam"): "a key policy applies to its own key",
    ("data", "key", "LogGroups"): "the same",
    ("data", "key", "AlarmsToEncryptedTopic"): "the same",
    ("account", "state_key", "AccountGovernsByIam"): "the same",
    ("account", "api_gateway", "FindLogGroups"): "the action's only resource is all log groups",
    **{(name, "this", "WriteTraces"): "X-Ray's actions take no resource" for name in FUNCTIONS},
}
"""Where `Resource` is `*`, and why (Service Authorization Reference)."""
WILDCARD_ACTIONS = {
    ("data", "key", "AccountGovernsByIam"): ["kms:*"],
    ("data", "key", "LogGroups"): ["kms:ReEncrypt*", "kms:GenerateDataKey*"],
    ("data", "key", "AlarmsToEncryptedTopic"): ["kms:GenerateDataKey*"],
    ("account", "state_key", "AccountGovernsByIam"): ["kms:*"],
}
"""Allowed actions with a wildcard: the account's control of a key, without which it could never be changed, and what
AWS's guides require (CloudWatch Logs and SNS: encryption with a customer managed key)."""
MAPPING_ACTIONS = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
"""What an event source mapping does (AWSLambdaSQSQueueExecutionRole)."""
THIS_ACCOUNT = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"
LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"]
"""Less than AWSLambdaBasicExecutionRole: Terraform creates the log group."""
ITEM_CHANGES = {"dynamodb:DeleteItem", "dynamodb:UpdateItem"}
TRACES = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
"""The actions of AWSXRayDaemonWriteAccess for segments; API Gateway decides about sampling."""
WRITES_THROUGH = {"ingestion": ["dynamodb", "sqs"], "processor": ["dynamodb", "sns", "sqs"], "query": ["sqs"]}
"""Services that encrypt for a role: tables it writes, queues it sends to (failed invocations too), topics."""
READS_THROUGH = {"query": ["dynamodb"]}
"""Services that only decrypt for a role, where no API key is required."""


@pytest.fixture(scope="module")
def allowing(every: list[Statement]) -> list[Statement]:
    return [statement for statement in every if statement.body["effect"] == "Allow"]


def of_role(every: list[Statement], function: str, sid: str) -> Body:
    (found,) = [each.body for each in every if each.place == (function, "this", sid)]
    return found


def hosts(statement: Body) -> list[str]:
    (condition,) = statement["condition"]
    assert (condition["test"], condition["variable"]) == ("StringEquals", "kms:ViaService")
    return [host.split(".")[0] for host in condition["values"]]


def test_every_resource_is_named_where_the_action_has_resources(every: list[Statement], figures: Figures) -> None:
    assert {each.place for each in every if "*" in each.body.get("resources", ())} == set(WILDCARD_RESOURCES)
    figures.tried("statements that name their resources, or have a reason", len(every))


def test_every_action_is_named(allowing: list[Statement], figures: Figures) -> None:
    found = {each.place: each.wildcards("actions") for each in allowing if each.wildcards("actions")}

    assert found == WILDCARD_ACTIONS
    figures.tried("actions allowed by name, or with a reason", sum(len(each.body["actions"]) for each in allowing))


def test_nothing_is_allowed_by_exclusion(every: list[Statement], figures: Figures) -> None:
    known = {"sid", "effect", "actions", "resources", "principals", "condition"}

    assert {name for each in every for name in each.body} == known
    figures.tried("statements without NotAction, NotResource, NotPrincipal", len(every))


def test_every_statement_has_a_unique_name(every: list[Statement], figures: Figures) -> None:
    places = [each.place for each in every]

    assert len(set(places)) == len(places)
    figures.tried("statements with a unique name", len(places))


def test_policies_are_inline_and_generated(roots: dict[str, Body], figures: Figures) -> None:
    kinds = {kind for _, kind, _, _ in resources(roots)}
    assert not kinds & {
        "aws_iam_policy",
        "aws_iam_policy_attachment",
        "aws_iam_role_policy_attachment",
        "aws_iam_role_policy_attachments_exclusive",
        "aws_iam_user_policy",
    }
    for root, kind, name, body in resources(roots):
        assert "managed_policy_arns" not in body
        assert "inline_policy" not in body
        for argument in ("policy", "assume_role_policy"):
            if argument in body:
                text = body[argument]
                assert text.startswith("${data.aws_iam_policy_document."), f"{root}.{kind}.{name}: {text}"
                figures.count("policies taken from a document of the generator")


def test_every_other_principal_is_named_with_a_condition(allowing: list[Statement], figures: Figures) -> None:
    for each in allowing:
        for principal in each.body.get("principals", ()):
            if each.document == "assume_role":
                continue
            if principal["type"] == "AWS":
                assert principal["identifiers"] == [THIS_ACCOUNT]
            else:
                assert principal["type"] == "Service"
                assert each.body["condition"], f"{each.place}: any account could act through that service"
            figures.count("principals of resource policies: this account, or a service with a condition")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_writes_only_to_its_own_log_group(every: list[Statement], figures: Figures, function: str) -> None:
    statement = of_role(every, function, "WriteLogs")

    assert statement["actions"] == LOGS
    assert statement["resources"] == ["${aws_cloudwatch_log_group.this.arn}:*"]
    figures.count("roles that write only to their own log group")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_sends_traces(every: list[Statement], figures: Figures, function: str) -> None:
    assert of_role(every, function, "WriteTraces")["actions"] == TRACES
    figures.count("roles that send traces and do nothing else with X-Ray")


def test_no_single_reading_is_changed_or_deleted(every: list[Statement], figures: Figures) -> None:
    """The condition applies to each key of a call (DynamoDB developer guide, "Using IAM policy conditions")."""
    statement = of_role(every, "processor", "ChangeAlertStates")
    found = {action: each.body for each in every for action in set(each.body["actions"]) & ITEM_CHANGES}

    assert found == {"dynamodb:UpdateItem": statement}
    alert_states = {"test": "ForAllValues:StringLike", "variable": "dynamodb:LeadingKeys", "values": ["#alert#*"]}
    assert statement["condition"] == [alert_states]
    figures.tried("actions that change or delete a single item, for alert states only", len(ITEM_CHANGES))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_failed_invocations_have_a_queue(
    roots: dict[str, Body], every: list[Statement], figures: Figures, function: str
) -> None:
    statement = of_role(every, function, "KeepFailedInvocations")
    (configured,) = roots[function]["resource"]["aws_lambda_function"]["this"]["dead_letter_config"]

    assert statement["actions"] == ["sqs:SendMessage"]
    assert statement["resources"] == [configured["target_arn"]]
    figures.count("roles that may send to their function's dead-letter queue")


def test_the_event_source_mapping_may_read_its_queue(
    roots: dict[str, Body], every: list[Statement], figures: Figures
) -> None:
    statement = of_role(every, "processor", "Receive")
    mapping = roots["processor"]["resource"]["aws_lambda_event_source_mapping"]["queue"]

    assert set(statement["actions"]) - {"sqs:ChangeMessageVisibility"} == MAPPING_ACTIONS
    assert statement["resources"] == [mapping["event_source_arn"]]
    figures.tried("actions of the event source mapping", len(MAPPING_ACTIONS))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_uses_the_key_only_through_its_services(figures: Figures, function: str) -> None:
    assert function in WRITES_THROUGH, f"give the services of {function} in WRITES_THROUGH and READS_THROUGH"
    every = statements(generated(require_api_key=False))
    own = [each.body for each in every if (each.root, each.document) == (function, "this")]
    key_statements = {each["sid"]: each for each in own if any(action.startswith("kms:") for action in each["actions"])}
    expected = {
        "UseKey": (["kms:Decrypt", "kms:GenerateDataKey"], WRITES_THROUGH[function]),
        "Decrypt": (["kms:Decrypt"], READS_THROUGH.get(function)),
    }

    assert {sid: (use["actions"], hosts(use)) for sid, use in key_statements.items()} == {
        sid: what for sid, what in expected.items() if what[1]
    }
    assert {tuple(use["resources"]) for use in key_statements.values()} == {("${module.data.key_arn}",)}
    figures.tried(
        "uses of the key that are for one service each", sum(len(hosts(use)) for use in key_statements.values())
    )


def test_the_api_key_is_read_only_where_it_is_required(every: list[Statement], figures: Figures) -> None:
    without = [(each.place, each.body) for each in statements(generated(require_api_key=False))]

    further = {each.place: each.body for each in every if (each.place, each.body) not in without}
    assert set(further) == {("ingestion", "this", "ReadApiKey"), ("ingestion", "this", "Decrypt")}
    assert all((each.place, each.body) in without for each in every if each.place not in further)
    read, decrypt = of_role(every, "ingestion", "ReadApiKey"), of_role(every, "ingestion", "Decrypt")
    assert (read["actions"], read["resources"]) == (["ssm:GetParameter"], ["${module.data.api_key_parameter_arn}"])
    assert (decrypt["actions"], hosts(decrypt)) == (["kms:Decrypt"], ["ssm"])
    assert decrypt["resources"] == ["${module.data.key_arn}"]
    figures.tried("grants that exist only where an API key is required", len(further))


@pytest.mark.parametrize("required", [True, False])
def test_an_environment_passes_the_api_key_only_where_it_is_required(figures: Figures, *, required: bool) -> None:
    settings = EnvironmentSettings(environment="dev", api=Api(require_api_key=required))
    calls = json.loads(generate_project(AccountSettings(), [settings])["envs/dev/main.tf.json"])["module"]

    passed = {name for name in FUNCTIONS if "api_key_parameter" in json.dumps(calls[name])}
    assert passed == ({"ingestion"} if required else set())
    figures.count("environments that pass the API key to ingestion only where it is required")
