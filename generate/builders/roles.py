"""The execution roles: one for each function, with only the calls that its handler makes."""

from dataclasses import dataclass

from generate.naming import role_name
from generate.policies import Statement, condition, decrypt_with_key, policy_document, statement, use_key
from generate.terraform import Document, Expression
from handlers.contract import ALERT_STATES_PREFIX


@dataclass(frozen=True)
class Grants:
    """Who may assume the roles, and what the functions may reach: objects with a name or URL, and an ARN."""

    assume_role_policy: Expression
    key_arn: Expression
    raw_table: Expression
    processed_table: Expression
    ingestion_queue: Expression
    dead_letter_queue: Expression
    config_parameter: Expression
    api_key_parameter: Expression
    alert_topic_arn: Expression
    async_dead_letter_queue_arn: Expression


def execution_role(
    document: Document, function: str, suffix: Expression, log_group: Expression, grants: Grants
) -> tuple[Expression, Expression]:
    """Add a function's role and its inline policy, and return both."""
    role = document.resource(
        "aws_iam_role",
        function,
        name=role_name(function, suffix),
        description=f"Execution role of the function {function}.",
        assume_role_policy=grants.assume_role_policy,
    )
    own = {"ingestion": _ingestion, "processor": _processor, "query": _query}[function](grants)
    further = {"source_policy_documents": _api_key(document, grants)} if function == "ingestion" else {}
    policy = document.resource(
        "aws_iam_role_policy",
        function,
        name=function,
        role=role.id,
        policy=policy_document(document, function, *own, *_common(log_group, grants), **further),
    )
    return role, policy


def _common(log_group: Expression, grants: Grants) -> list[Statement]:
    """Logs, traces and the queue for failed asynchronous invocations.

    X-Ray's two actions take no resource (service authorization reference, AWS X-Ray).
    """
    return [
        statement("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], [f"{log_group.arn}:*"]),
        statement("WriteTraces", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]),
        statement("KeepFailedInvocations", ["sqs:SendMessage"], [grants.async_dead_letter_queue_arn]),
    ]


_DOMAIN = "${data.aws_region.current.name}.${data.aws_partition.current.dns_suffix}"
"""What follows a service's name in its host, in the current partition and region."""


def _ingestion(grants: Grants) -> list[Statement]:
    return [
        statement("StoreRaw", ["dynamodb:PutItem"], [grants.raw_table.arn]),
        statement("Queue", ["sqs:SendMessage"], [grants.ingestion_queue.arn]),
        statement("ReadConfiguration", ["ssm:GetParameter"], [grants.config_parameter.arn]),
        use_key(grants.key_arn, _DOMAIN, "dynamodb", "sqs"),
    ]


def _api_key(document: Document, grants: Grants) -> Expression:
    """What ingestion may do besides, where callers send an API key: a list of one document, or of none.

    The document is always there and joined or not: a count would have to be known and not sensitive. Without an API
    key it names the configuration, and is not used. Parameter Store decrypts a SecureString itself, without a data key
    (KMS developer guide, "Parameter Store").
    """
    parameter = grants.api_key_parameter.bare
    further = policy_document(
        document,
        "api_key",
        statement("ReadApiKey", ["ssm:GetParameter"], [Expression(f"try({parameter}.arn, var.config_parameter.arn)")]),
        decrypt_with_key(grants.key_arn, _DOMAIN, "ssm", sid="DecryptApiKey"),
    )
    return Expression(f"{parameter} == null ? [] : [{further.bare}]")


def _processor(grants: Grants) -> list[Statement]:
    receive = [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ChangeMessageVisibility",
    ]
    store = ["dynamodb:BatchWriteItem", "dynamodb:Query"]
    change = ["dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem"]
    alert_states = condition("ForAllValues:StringLike", "dynamodb:LeadingKeys", f"{ALERT_STATES_PREFIX}*")
    return [
        statement("ReadRaw", ["dynamodb:Query"], [grants.raw_table.arn]),
        statement("StoreProcessed", store, [grants.processed_table.arn]),
        statement("ChangeAlertStates", change, [grants.processed_table.arn], alert_states),
        statement("Receive", receive, [grants.ingestion_queue.arn]),
        statement("DeadLetter", ["sqs:SendMessage"], [grants.dead_letter_queue.arn]),
        statement("Alert", ["sns:Publish"], [grants.alert_topic_arn]),
        statement("ReadConfiguration", ["ssm:GetParameter"], [grants.config_parameter.arn]),
        use_key(grants.key_arn, _DOMAIN, "dynamodb", "sqs", "sns"),
    ]


def _query(grants: Grants) -> list[Statement]:
    return [
        statement("ReadTables", ["dynamodb:Query"], [grants.raw_table.arn, grants.processed_table.arn]),
        decrypt_with_key(grants.key_arn, _DOMAIN, "dynamodb"),
        use_key(grants.key_arn, _DOMAIN, "sqs"),
    ]
