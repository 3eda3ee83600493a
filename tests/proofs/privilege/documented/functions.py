"""The functions' execution roles: what each handler calls."""

from typing import Final

from tests.proofs.privilege.documented.statement import Condition, Documented, Place, service, through

_KEY: Final = ("${module.data.key_arn}",)
_DATA_KEY: Final = "a new data key for what is written: SQS and SNS request one on behalf of the sender"
_READ_BACK: Final = "data that the services encrypted with the key is read: table items, and the data keys of messages"
_TOO_BROAD: Final = "the role could decrypt anything encrypted with the key, such as the API key and the logs"


def _common(function: str) -> dict[Place, Documented]:
    """What every function needs."""
    return {
        # No condition, as in AWS's own examples: a role can only be passed within its account, so that there is no
        # confused deputy of another account (Lambda developer guide, "Defining Lambda function permissions with an
        # execution role").
        (function, "assume_role", "AssumeRole"): Documented(
            "Lambda runs the function in this role, and no other principal may assume it",
            {"sts:AssumeRole": "how a service assumes a role"},
            principal=service("lambda.amazonaws.com"),
        ),
        (function, "this", "WriteLogs"): Documented(
            "the function's own log group, which Terraform makes, and no other",
            {
                "logs:CreateLogStream": "each execution environment has a stream of its own",
                "logs:PutLogEvents": "log lines, and the metrics in them (EMF)",
            },
            ("${aws_cloudwatch_log_group.this.arn}:*",),
        ),
        (function, "this", "WriteTraces"): Documented(
            "active tracing; X-Ray's actions take no resource",
            {
                "xray:PutTraceSegments": "segments of invocations and of calls to AWS",
                "xray:PutTelemetryRecords": "what the X-Ray daemon reports about itself",
            },
            ("*",),
        ),
        (function, "this", "KeepFailedInvocations"): Documented(
            "an asynchronous invocation that keeps failing is kept; Lambda sends it with the function's role",
            {"sqs:SendMessage": "the failed event"},
            ("${module.queueing.async_dead_letter_queue_arn}",),
        ),
    }


def _read_configuration(function: str, what: str) -> dict[Place, Documented]:
    return {
        (function, "this", "ReadConfiguration"): Documented(
            "the configuration that operators change without a deployment",
            {"ssm:GetParameter": what},
            ("${module.data.config_parameter_arn}",),
        )
    }


def _use_key(function: str, *services: str) -> dict[Place, Documented]:
    return {
        (function, "this", "UseKey"): Documented(
            "tables, queues and the topic are encrypted with the environment's key",
            {"kms:Decrypt": _READ_BACK, "kms:GenerateDataKey": _DATA_KEY},
            _KEY,
            conditions=(through(*services, why=_TOO_BROAD),),
        )
    }


_INGESTION: Final[dict[Place, Documented]] = {
    ("ingestion", "this", "StoreRaw"): Documented(
        "200 means stored: each reading, unless its device and millisecond are taken",
        {"dynamodb:PutItem": "a conditional put, which neither reads nor changes what is there"},
        ("${module.data.raw_table_arn}",),
    ),
    ("ingestion", "this", "Queue"): Documented(
        "200 also means queued",
        {"sqs:SendMessage": "SendMessageBatch, which has no action of its own"},
        ("${module.queueing.ingestion_queue_arn}",),
    ),
    **_read_configuration("ingestion", "batch_size"),
    **_use_key("ingestion", "dynamodb", "sqs"),
    ("ingestion", "this", "ReadApiKey"): Documented(
        "the second factor is compared with the parameter, where the environment requires one",
        {"ssm:GetParameter": "the expected key"},
        ("${module.data.api_key_parameter_arn}",),
    ),
    ("ingestion", "this", "Decrypt"): Documented(
        "the parameter is a SecureString, where the environment requires one; reading one needs no data key",
        {"kms:Decrypt": "Parameter Store decrypts it on behalf of the caller"},
        _KEY,
        conditions=(through("ssm", why=_TOO_BROAD),),
    ),
}

_PROCESSOR: Final[dict[Place, Documented]] = {
    ("processor", "this", "ReadRaw"): Documented(
        "POST /process processes a device's stored readings again",
        {"dynamodb:Query": "a page of one device's raw readings"},
        ("${module.data.raw_table_arn}",),
    ),
    ("processor", "this", "StoreProcessed"): Documented(
        "processed items, and what decides about alerts",
        {
            "dynamodb:BatchWriteItem": "items of processed readings, 25 in a call",
            "dynamodb:Query": "readings newer than a late one, and partitions of alert states",
        },
        ("${module.data.processed_table_arn}",),
    ),
    ("processor", "this", "ChangeAlertStates"): Documented(
        "what subscribers were last notified of, by device and rule",
        {
            "dynamodb:BatchGetItem": "the states of few devices",
            "dynamodb:UpdateItem": "decide, claim and record a notification under a condition",
        },
        ("${module.data.processed_table_arn}",),
        conditions=(
            Condition(
                "ForAllValues:StringLike",
                "dynamodb:LeadingKeys",
                ("#alert#*",),
                "a processed reading could be changed; no device id contains a #",
            ),
        ),
    ),
    ("processor", "this", "Receive"): Documented(
        "the event source mapping reads the queue with the function's role, and the function defers messages",
        {
            "sqs:ReceiveMessage": "the event source mapping",
            "sqs:DeleteMessage": "the event source mapping, once a message is processed",
            "sqs:GetQueueAttributes": "the event source mapping, to scale with the queue's depth",
            "sqs:ChangeMessageVisibility": "after a transient failure a message is deferred, longer each time",
        },
        ("${module.queueing.ingestion_queue_arn}",),
    ),
    ("processor", "this", "DeadLetter"): Documented(
        "a permanent failure is dead-lettered at once, with its reason",
        {"sqs:SendMessage": "SendMessageBatch, which has no action of its own"},
        ("${module.queueing.dead_letter_queue_arn}",),
    ),
    ("processor", "this", "Alert"): Documented(
        "subscribers are notified when an alert begins and when it clears",
        {"sns:Publish": "the alert message"},
        ("${module.queueing.alert_topic_arn}",),
    ),
    **_read_configuration("processor", "processing_timeout and the rules"),
    **_use_key("processor", "dynamodb", "sns", "sqs"),
}

_QUERY: Final[dict[Place, Documented]] = {
    ("query", "this", "ReadTables"): Documented(
        "GET /query answers from either table, and writes to neither",
        {"dynamodb:Query": "a page of one device's items"},
        ("${module.data.raw_table_arn}", "${module.data.processed_table_arn}"),
    ),
    ("query", "this", "Decrypt"): Documented(
        "tables are read and never written, so no data key is needed",
        {"kms:Decrypt": "the tables' items"},
        _KEY,
        conditions=(through("dynamodb", why=_TOO_BROAD),),
    ),
    **_use_key("query", "sqs"),
}

STATEMENTS: Final[dict[Place, Documented]] = {
    **_INGESTION,
    **_PROCESSOR,
    **_QUERY,
    **_common("ingestion"),
    **_common("processor"),
    **_common("query"),
}
