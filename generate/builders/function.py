"""The module `function`: one Lambda function with its role, log group, failure destination and event source."""

from typing import Any

from generate.builders.common import number_variable, optional_arn_variable, versions
from generate.builders.setting_variables import setting_variable
from generate.functions.settings import FunctionSettings
from generate.policies import STATEMENTS_TYPE, assume_role_policy, dynamic_statements, policy_document, statement
from generate.settings import Functions
from generate.structs import MAXIMUM_INTEGER
from generate.terraform import Document, Expression, Validation, dynamic

_MAXIMUM_EVENT_AGE_SECONDS = 3600
_EVENT_SOURCE = (
    "object({ queue_arn = string, batch_size = optional(number, 100), batching_window_seconds = optional(number, 1), "
    "maximum_concurrency = optional(number) })"
)


def build() -> Document:
    """Build the module."""
    document = Document("modules/function")
    document.terraform(**versions())
    document.data("aws_region", "current")
    document.data("aws_partition", "current")
    name = document.variable(
        "function_name",
        "string",
        "Name of the function. Its log group is /aws/lambda/ and this name.",
        nullable=False,
        example="data-ingestion-dev",
        validations=[
            Validation(
                Expression('can(regex("^[A-Za-z0-9_-]{1,64}$", var.function_name))'),
                "function_name must be 1 to 64 letters, digits, hyphens or underscores.",
            )
        ],
    )
    key_arn = optional_arn_variable(document, "key_arn", "KMS key that encrypts logs and variables; null: AWS's own.")
    log_group = document.resource(
        "aws_cloudwatch_log_group",
        "this",
        name=f"/aws/lambda/{name}",
        retention_in_days=setting_variable(document, Functions, "log_retention_days"),
        kms_key_id=key_arn,
    )
    failures = optional_arn_variable(
        document, "failure_queue_arn", "SQS queue that keeps failed asynchronous invocations; null: none."
    )
    event_source = _event_source_variable(document)
    role, policy = _role(document, name, log_group)
    function = _function(document, name, role, policy, log_group, key_arn, failures)
    _invocations(document, function, policy, event_source)
    document.output("function_name", function.function_name, "Name of the function.")
    document.output("function_arn", function.arn, "ARN of the function.")
    document.output("invoke_arn", function.invoke_arn, "ARN by which API Gateway invokes the function.")
    document.output("log_group_name", log_group.name, "Name of the log group.")
    document.output("role_arn", role.arn, "ARN of the execution role.")
    return document


def _role(document: Document, name: Expression, log_group: Expression) -> tuple[Expression, Expression]:
    """The execution role and its one inline policy: the caller's statements, and what the module itself needs."""
    role_name = document.variable(
        "role_name", "string", "Name of the role; null: the function's name and -role.", default=None
    )
    role = document.resource(
        "aws_iam_role",
        "this",
        name=Expression(f'coalesce({role_name.bare}, "{name}-role")'),
        description=f"Execution role of the function {name}.",
        assume_role_policy=assume_role_policy(document, "lambda.amazonaws.com"),
    )
    policy_name = document.variable(
        "policy_name", "string", "Name of the role's inline policy.", default="function", nullable=False
    )
    policy = document.resource(
        "aws_iam_role_policy", "this", name=policy_name, role=role.id, policy=_policy(document, log_group)
    )
    return role, policy


def _policy(document: Document, log_group: Expression) -> Expression:
    """X-Ray's two actions take no resource (service authorization reference, AWS X-Ray)."""
    statements = document.variable(
        "policy_statements",
        STATEMENTS_TYPE,
        "What the function may do, besides writing logs and traces, reading its event source, and writing to its "
        "failure queue.",
        default=[],
        nullable=False,
    )
    for name, title in (
        ("encrypts_through", "AWS services through which the function uses the key to read and write, e.g. dynamodb."),
        ("decrypts_through", "AWS services through which the function uses the key only to read, e.g. ssm."),
    ):
        document.variable(name, "list(string)", title, default=[], nullable=False)
    receive = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"]
    own = [
        _optional_statement("failure_queue_arn", "KeepFailedInvocations", ["sqs:SendMessage"]),
        _optional_statement("event_source", "Receive", receive, ".queue_arn"),
        _key_statement("encrypts_through", "UseKey", ["kms:Decrypt", "kms:GenerateDataKey"]),
        _key_statement("decrypts_through", "Decrypt", ["kms:Decrypt"]),
    ]
    return policy_document(
        document,
        "this",
        statement("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], [f"{log_group.arn}:*"]),
        statement("WriteTraces", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]),
        dynamic=dynamic_statements(statements, own),
    )


def _optional_statement(variable: str, sid: str, actions: list[str], attribute: str = "") -> dict[str, Any]:
    """A statement on the ARN of a variable, where the variable is not null."""
    given = f"nonsensitive(var.{variable} == null)"
    return dynamic(
        Expression(f"{given} ? [] : [var.{variable}{attribute}]"),
        sid=sid,
        actions=actions,
        resources=[Expression("statement.value")],
    )


def _key_statement(variable: str, sid: str, actions: list[str]) -> dict[str, Any]:
    """A statement on the key through the services of a variable, where there are any."""
    host = '"${name}.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"'
    return dynamic(
        Expression(f"length(var.{variable}) == 0 ? [] : [[for name in var.{variable} : {host}]]"),
        sid=sid,
        actions=actions,
        resources=[Expression("var.key_arn")],
        condition=[{"test": "StringEquals", "variable": "kms:ViaService", "values": Expression("statement.value")}],
    )


def _function(  # noqa: PLR0913, PLR0917 - what the function is made of
    document: Document,
    name: Expression,
    role: Expression,
    policy: Expression,
    log_group: Expression,
    key_arn: Expression,
    failures: Expression,
) -> Expression:
    package = document.variable(
        "package",
        "string",
        "Path of the zip with the code.",
        nullable=False,
        example="build/own.zip",
    )
    digest = document.variable(
        "package_digest", "string", "Digest that changes when the code changes; null: that of the zip.", default=None
    )
    level = setting_variable(document, Functions, "log_level")
    variables = document.variable(
        "environment_variables",
        "map(string)",
        "Environment variables; those with the value null are left out.",
        default={},
        nullable=False,
    )
    after = document.variable(
        "update_after",
        "list(string)",
        "Values of what is updated before this function.",
        default=[],
        nullable=False,
    )
    return document.resource(
        "aws_lambda_function",
        "this",
        function_name=name,
        description=document.variable("description", "string", "What the function does.", default="", nullable=False),
        role=role.arn,
        handler=document.variable(
            "handler", "string", "Entry point in the code.", nullable=False, example="handlers.ingestion.lambda_handler"
        ),
        runtime=setting_variable(document, Functions, "runtime"),
        architectures=[setting_variable(document, Functions, "architecture")],
        filename=package,
        source_code_hash=Expression(f"{digest.bare} == null ? filebase64sha256({package.bare}) : {digest.bare}"),
        layers=document.variable("layer_arns", "list(string)", "ARNs of layers.", default=[], nullable=False),
        memory_size=setting_variable(document, FunctionSettings, "memory_megabytes"),
        timeout=setting_variable(document, FunctionSettings, "timeout_seconds"),
        reserved_concurrent_executions=number_variable(
            document,
            "reserved_concurrency",
            "Concurrent executions reserved for the function, which are its limit; null: none reserved.",
            1,
            MAXIMUM_INTEGER,
            default=None,
        ),
        kms_key_arn=key_arn,
        environment={
            "variables": Expression(f"{{ for name, value in {variables.bare} : name => value if value != null }}")
        },
        tracing_config={"mode": "Active"},
        logging_config={
            "log_format": "JSON",
            "log_group": log_group.name,
            "application_log_level": _platform_level(level),
        },
        dynamic={
            "dead_letter_config": dynamic(
                Expression(f"nonsensitive({failures.bare} == null) ? [] : [{failures.bare}]"),
                target_arn=Expression("dead_letter_config.value"),
            )
        },
        depends_on=[policy.bare, after.bare],
    )


def _platform_level(level: Expression) -> Expression:
    """Lambda's own filter, never above INFO: a metric's line has no level and might not pass. Powertools filters."""
    return Expression(f'{level.bare} == "DEBUG" ? "DEBUG" : "INFO"')


def _event_source_variable(document: Document) -> Expression:
    return document.variable(
        "event_source",
        _EVENT_SOURCE,
        "SQS queue that invokes the function: its ARN, messages in a batch, seconds to wait for a batch to fill, and "
        "concurrent batches (null: no limit); null: none.",
        default=None,
        validations=[
            Validation(
                Expression(
                    "var.event_source == null ? true : "
                    "var.event_source.batch_size <= 10 || var.event_source.batching_window_seconds >= 1"
                ),
                "event_source.batching_window_seconds must be at least 1 where batch_size is over 10.",
            ),
            Validation(
                Expression(
                    "try(var.event_source.maximum_concurrency, null) == null ? true : "
                    "var.event_source.maximum_concurrency >= 2 && var.event_source.maximum_concurrency <= 1000"
                ),
                "event_source.maximum_concurrency must be from 2 to 1000.",
            ),
        ],
    )


def _invocations(document: Document, function: Expression, policy: Expression, event_source: Expression) -> None:
    """Asynchronous invocations, and those by the queue, whose mapping needs the policy first (Lambda checks that)."""
    document.resource(
        "aws_lambda_function_event_invoke_config",
        "this",
        function_name=function.function_name,
        maximum_event_age_in_seconds=_MAXIMUM_EVENT_AGE_SECONDS,
        maximum_retry_attempts=2,
    )
    concurrency = f"{event_source.bare}.maximum_concurrency"
    document.resource(
        "aws_lambda_event_source_mapping",
        "queue",
        count=Expression(f"nonsensitive({event_source.bare} == null) ? 0 : 1"),
        event_source_arn=event_source.queue_arn,
        function_name=function.arn,
        batch_size=event_source.batch_size,
        maximum_batching_window_in_seconds=event_source.batching_window_seconds,
        function_response_types=["ReportBatchItemFailures"],
        dynamic={
            "scaling_config": dynamic(
                Expression(f"nonsensitive({concurrency} == null) ? [] : [{concurrency}]"),
                maximum_concurrency=Expression("scaling_config.value"),
            )
        },
        depends_on=[policy.bare],
        lifecycle={
            "precondition": [
                {
                    "condition": Expression(
                        f"{concurrency} == null || var.reserved_concurrency == null ? true : "
                        f"{concurrency} <= var.reserved_concurrency"
                    ),
                    "error_message": "event_source.maximum_concurrency must be at most reserved_concurrency.",
                }
            ]
        },
    )
