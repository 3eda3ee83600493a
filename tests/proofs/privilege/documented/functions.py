"""The functions' execution roles: what each handler calls."""

from typing import Final

from tests.proofs.privilege.documented.statement import Condition, Documented, Place, service, through

_KEY: Final = ("${var.key_arn}",)
_DATA_KEY: Final = "a new data key for what is written: SQS and SNS request one on behalf of the sender"
_READ_BACK: Final = "data that the services encrypted with the key is read: table items, and the data keys of messages"
_TOO_BROAD: Final = "the role could decrypt anything encrypted with the key, such as the API key and the logs"

_TRUST: Final[dict[Place, Documented]] = {
    # No condition, as in AWS's own examples: a role can only be passed within its account, so that there is no confused
    # deputy of another account (Lambda developer guide, "Defining Lambda function permissions with an execution role").
    ("functions", "assume_role", "AssumeRole"): Documented(
        "Lambda runs the functions in these roles, and nobody else may assume them",
        {"sts:AssumeRole": "how a service assumes a role"},
        principal=service("lambda.amazonaws.com"),
    ),
}


def _common(function: str) -> dict[Place, Documented]:
    """What every function needs."""
    return {
        ("functions", function, "WriteLogs"): Documented(
            "the function's own log group, which Terraform makes, and no other",
            {
                "logs:CreateLogStream": "each execution environment has a stream of its own",
                "logs:PutLogEvents": "log lines, and the metrics in them (EMF)",
            },
            (f"${{aws_cloudwatch_log_group.{function}.arn}}:*",),
        ),
        ("functions", function, "WriteTraces"): Documented(
            "active tracing; X-Ray's actions take no resource",
            {
                "xray:PutTraceSegments": "segments of invocations and of calls to AWS",
                "xray:PutTelemetryRecords": "what the X-Ray daemon reports about itself",
            },
            ("*",),
        ),
        ("functions", function, "KeepFailedInvocations"): Documented(
            "an asynchronous invocation that keeps failing is kept; Lambda sends it with the function's role",
            {"sqs:SendMessage": "the failed event"},
            ("${var.async_dead_letter_queue_arn}",),
        ),
    }


def _read_configuration(function: str, what: str) -> dict[Place, Documented]:
    return {
        ("functions", function, "ReadConfiguration"): Documented(
            "the configuration that operators change without a deployment",
            {"ssm:GetParameter": what},
            ("${var.config_parameter.arn}",),
        )
    }


def _use_key(function: str, *services: str) -> dict[Place, Documented]:
    return {
        ("functions", function, "UseKey"): Documented(
            "tables, queues and the topic are encrypted with the environment's key",
            {"kms:Decrypt": _READ_BACK, "kms:GenerateDataKey": _DATA_KEY},
            _KEY,
            conditions=(through(*services, why=_TOO_BROAD),),
        )
    }


_INGESTION: Final[dict[Place, Documented]] = {
    ("functions", "ingestion", "StoreRaw"): Documented(
        "200 means stored: each reading, unless its device and millisecond are taken",
        {"dynamodb:PutItem": "a conditional put, which neither reads nor changes what is there"},
        ("${var.raw_table.arn}",),
    ),
    ("functions", "ingestion", "Queue"): Documented(
        "200 also means queued",
        {"sqs:SendMessage": "SendMessageBatch, which has no action of its own"},
        ("${var.ingestion_queue.arn}",),
    ),
    **_read_configuration("ingestion", "batch_size"),
    **_use_key("ingestion", "dynamodb", "sqs"),
    ("functions", "api_key", "ReadApiKey"): Documented(
        "the second factor is compared with the parameter, where the environment requires one",
        {"ssm:GetParameter": "the expected key"},
        ("${try(var.api_key_parameter.arn, var.config_parameter.arn)}",),  # the latter in an unused document
    ),
    ("functions", "api_key", "DecryptApiKey"): Documented(
        "the parameter is a SecureString; reading one needs no data key",
        {"kms:Decrypt": "Parameter Store decrypts it on behalf of the caller"},
        _KEY,
        conditions=(through("ssm", why=_TOO_BROAD),),
    ),
}

_PROCESSOR: Final[dict[Place, Documented]] = {
    ("functions", "processor", "ReadRaw"): Documented(
        "POST /process processes a device's stored readings again",
        {"dynamodb:Query": "a page of one device's raw readings"},
        ("${var.raw_table.arn}",),
    ),
    ("functions", "processor", "StoreProcessed"): Documented(
        "processed items, and what decides about alerts",
        {
            "dynamodb:BatchWriteItem": "items of processed readings, 25 in a call",
            "dynamodb:Query": "readings newer than a late one, and partitions of alert states",
        },
        ("${var.processed_table.arn}",),
    ),
    ("functions", "processor", "ChangeAlertStates"): Documented(
        "what subscribers were last notified of, by device and rule",
        {
            "dynamodb:BatchGetItem": "the states of few devices",
            "dynamodb:UpdateItem": "decide, claim and record a notification under a condition",
        },
        ("${var.processed_table.arn}",),
        conditions=(
            Condition(
                "ForAllValues:StringLike",
                "dynamodb:LeadingKeys",
                ("#alert#*",),
                "a processed reading could be changed; no device id contains a #",
            ),
        ),
    ),
    ("functions", "processor", "Receive"): Documented(
        "the event source mapping reads the queue with the function's role, and the function defers messages",
        {
            "sqs:ReceiveMessage": "the event source mapping",
            "sqs:DeleteMessage": "the event source mapping, once a message is processed",
            "sqs:GetQueueAttributes": "the event source mapping, to scale with the queue's depth",
            "sqs:ChangeMessageVisibility": "after a transient failure a message is deferred, longer each time",
        },
        ("${var.ingestion_queue.arn}",),
    ),
    ("functions", "processor", "DeadLetter"): Documented(
        "a permanent failure is dead-lettered at once, with its reason",
        {"sqs:SendMessage": "SendMessageBatch, which has no action of its own"},
        ("${var.dead_letter_queue.arn}",),
    ),
    ("functions", "processor", "Alert"): Documented(
        "subscribers are notified when an alert begins and when it clears",
        {"sns:Publish": "the alert message"},
        ("${var.alert_topic_arn}",),
    ),
    **_read_configuration("processor", "processing_timeout and the rules"),
    **_use_key("processor", "dynamodb", "sqs", "sns"),
}

_QUERY: Final[dict[Place, Documented]] = {
    ("functions", "query", "ReadTables"): Documented(
        "GET /query answers from either table, and writes to neither",
        {"dynamodb:Query": "a page of one device's items"},
        ("${var.raw_table.arn}", "${var.processed_table.arn}"),
    ),
    ("functions", "query", "Decrypt"): Documented(
        "tables are read and never written, so no data key is needed",
        {"kms:Decrypt": "the tables' items"},
        _KEY,
        conditions=(through("dynamodb", why=_TOO_BROAD),),
    ),
    **_use_key("query", "sqs"),
}

STATEMENTS: Final[dict[Place, Documented]] = {
    **_TRUST,
    **_INGESTION,
    **_PROCESSOR,
    **_QUERY,
    **_common("ingestion"),
    **_common("processor"),
    **_common("query"),
}
