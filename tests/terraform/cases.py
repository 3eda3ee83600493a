"""What each module takes and refuses, by itself: valid inputs, and each bad one with the check that must name it."""

from dataclasses import dataclass, field
from typing import Any

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:queue"
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
TABLE = {"name": "table", "arn": "arn:aws:dynamodb:us-east-1:123456789012:table/table"}
FUNCTION = {"name": "function", "timeout_seconds": 29, "reserved_concurrency": 100}
INVOKE = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations"


@dataclass(frozen=True)
class Refused:
    """One input that the module refuses.

    Attributes:
        inputs: What is given beside the valid inputs.
        by: The variable or resource whose condition fails.
    """

    inputs: dict[str, Any]
    by: str


@dataclass(frozen=True)
class Case:
    """One module's valid inputs, and what it refuses."""

    valid: dict[str, Any]
    refused: tuple[Refused, ...]
    assertions: dict[str, str] = field(default_factory=dict)


def variable(name: str, value: Any) -> Refused:
    """A variable that refuses a value by its own validation."""
    return Refused({name: value}, f"var.{name}")


SUFFIX = {"environment_suffix": "dev"}
BAD_SUFFIX = variable("environment_suffix", "Dev_1")

CASES = {
    "data": Case(
        {**SUFFIX, "api_key": "x" * 20},
        (
            BAD_SUFFIX,
            variable("api_key", "short"),
            variable("key_deletion_window_days", 6),
            variable("api_key_version", 0),
        ),
        {
            'aws_dynamodb_table.raw.name == "raw-sensor-data-dev"': "the raw table carries the suffix",
            "aws_dynamodb_table.raw.deletion_protection_enabled": "tables are protected unless told otherwise",
        },
    ),
    "queueing": Case(
        {**SUFFIX, "key_arn": KEY},
        (
            BAD_SUFFIX,
            variable("key_arn", "key"),
            variable("maximum_receive_count", 0),
            variable("batching_window_seconds", 301),
            variable("processor_timeout_seconds", 0),
            variable("subscriptions", [{"protocol": "sms", "endpoint": "1"}]),
            Refused({"visibility_timeout_seconds": 300}, "aws_sqs_queue.ingestion"),
        ),
        {"aws_sqs_queue.ingestion.visibility_timeout_seconds == 361": "six times the timeout plus the window"},
    ),
    "functions": Case(
        {
            **SUFFIX,
            "key_arn": KEY,
            "packages": "packages",
            "async_dead_letter_queue_arn": QUEUE,
            "alert_topic_arn": TOPIC,
            "raw_table": TABLE,
            "processed_table": TABLE,
            "ingestion_queue": {"url": "https://queue", "arn": QUEUE},
            "dead_letter_queue": {"url": "https://queue", "arn": QUEUE},
            "config_parameter": {"name": "/config", "arn": "arn:aws:ssm:us-east-1:123456789012:parameter/config"},
        },
        (
            BAD_SUFFIX,
            variable("runtime", "python3.8"),
            variable("architecture", "mips"),
            variable("log_retention_days", 31),
            variable("log_level", "LOUD"),
            variable("ingestion_memory_megabytes", 64),
            variable("ingestion_timeout_seconds", 30),
            variable("raw_ttl_days", 0),
            variable("batch_size", 10001),
            Refused({"batch_size": 11, "batching_window_seconds": 0}, "aws_lambda_event_source_mapping.processor"),
            Refused({"processor_reserved_concurrency": 50}, "aws_lambda_event_source_mapping.processor"),
        ),
        {
            "!contains(keys(aws_lambda_function.ingestion.environment[0].variables), "
            '"API_KEY_PARAMETER")': "what is not set is not in the environment",
            "aws_lambda_function.processor.memory_size == 512": "the processor has its default memory",
        },
    ),
    "api": Case(
        {
            **SUFFIX,
            "key_arn": KEY,
            **{f"{name}_invoke_arn": INVOKE for name in ("ingestion", "processor", "query")},
            **{f"{name}_function_name": name for name in ("ingestion", "processor", "query")},
        },
        (
            BAD_SUFFIX,
            variable("ingestion_invoke_arn", "f"),
            variable("throttling_rate_limit", 0),
            variable("throttling_burst_limit", 5001),
        ),
        {'aws_api_gateway_stage.this.stage_name == "dev"': "the stage is named by the suffix"},
    ),
    "monitoring": Case(
        {
            **SUFFIX,
            "alert_topic_arn": TOPIC,
            **{f"{name}_function": FUNCTION for name in ("ingestion", "processor", "query")},
            **dict.fromkeys(
                (
                    "raw_table_name",
                    "processed_table_name",
                    "ingestion_queue_name",
                    "dead_letter_queue_name",
                    "async_dead_letter_queue_name",
                    "alert_topic_name",
                    "api_name",
                    "stage_name",
                ),
                "name",
            ),
        },
        (
            BAD_SUFFIX,
            variable("alert_topic_arn", "topic"),
            variable("latency_milliseconds", 30000),
            variable("server_error_rate", 1),
            variable("rejected_rate", 0),
        ),
        {
            "aws_cloudwatch_metric_alarm.query_duration.threshold == 26100": "90 % of the timeout, in milliseconds",
        },
    ),
}
