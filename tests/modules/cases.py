"""What each module takes and refuses, by itself: valid inputs, and one that breaks each condition of its files."""

from dataclasses import dataclass, field
from typing import Any

from generate.naming import FUNCTIONS, resource_name

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:queue"
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
FUNCTION = {"name": "function", "timeout_seconds": 29, "reserved_concurrency": 100}
INVOKE = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations"


@dataclass(frozen=True)
class Case:
    """One module's inputs.

    Attributes:
        valid: What it takes.
        bad: For each variable with a validation, a value that it refuses.
        conflicts: Valid values that do not go together, beside the valid inputs.
        assertions: What holds of the plan of the valid inputs, each with its words.
    """

    valid: dict[str, Any]
    bad: dict[str, Any]
    conflicts: tuple[dict[str, Any], ...] = ()
    assertions: dict[str, str] = field(default_factory=dict)


SUFFIX = {"environment_suffix": "dev"}
BAD_SUFFIX = {"environment_suffix": "Dev_1"}

CASES = {
    "data": Case(
        {**SUFFIX, "api_key": "x" * 20},
        {**BAD_SUFFIX, "api_key": "short", "key_deletion_window_days": 6, "api_key_version": 0},
        assertions={
            f'aws_dynamodb_table.raw.name == "{resource_name("raw_table", "dev")}"': "the raw table carries the suffix",
            "aws_dynamodb_table.raw.deletion_protection_enabled": "tables are protected by default",
        },
    ),
    "queueing": Case(
        {**SUFFIX, "key_arn": KEY},
        {
            **BAD_SUFFIX,
            "key_arn": "key",
            "maximum_receive_count": 0,
            "batching_window_seconds": 301,
            "processor_timeout_seconds": 0,
            "visibility_timeout_seconds": 43201,
            "subscriptions": [{"protocol": "sms", "endpoint": "1"}],
        },
        (
            {"visibility_timeout_seconds": 300},
            {"subscriptions": [{"protocol": "email", "endpoint": f"{who}@example.com", "name": "a"} for who in "bc"]},
        ),
        {"aws_sqs_queue.ingestion.visibility_timeout_seconds == 361": "six times the timeout plus the window"},
    ),
    "layer": Case(
        {**SUFFIX, "package": "layer.zip", "package_digest": "digest"},
        {**BAD_SUFFIX, "runtime": "python3.8", "architecture": "mips"},
        assertions={'aws_lambda_layer_version.this.compatible_runtimes == toset(["python3.11"])': "default runtime"},
    ),
    "function": Case(
        {"function_name": "own-dev", "handler": "own.handler", "package": "own.zip", "package_digest": "digest"},
        {
            "function_name": "own dev",
            "key_arn": "key",
            "failure_queue_arn": "queue",
            "runtime": "python3.8",
            "architecture": "mips",
            "log_retention_days": 31,
            "log_level": "LOUD",
            "memory_megabytes": 64,
            "timeout_seconds": 901,
            "reserved_concurrency": 0.5,
            "event_source": {
                "queue_arn": QUEUE,
                "batch_size": 11,
                "batching_window_seconds": 0,
                "maximum_concurrency": 1,
            },
        },
        ({"event_source": {"queue_arn": QUEUE, "maximum_concurrency": 60}, "reserved_concurrency": 50},),
        {
            "length(aws_lambda_function.this.dead_letter_config) == 0": "no failure queue is needed",
            "length(aws_lambda_event_source_mapping.queue) == 0": "no event source is needed",
            "aws_lambda_function.this.reserved_concurrent_executions == null": "no reserve is needed",
            'aws_iam_role.this.name == "own-dev-role"': "the role is named for the function",
        },
    ),
    "api": Case(
        {
            **SUFFIX,
            "key_arn": KEY,
            **{f"{name}_invoke_arn": INVOKE for name in FUNCTIONS},
            **{f"{name}_function_name": name for name in FUNCTIONS},
        },
        {
            **BAD_SUFFIX,
            "key_arn": "key",
            **{f"{name}_invoke_arn": "f" for name in FUNCTIONS},
            "log_retention_days": 31,
            "throttling_rate_limit": 0,
            "throttling_burst_limit": 5001,
        },
        assertions={'aws_api_gateway_stage.this.stage_name == "dev"': "the stage is named by the suffix"},
    ),
    "monitoring": Case(
        {
            **SUFFIX,
            "alert_topic_arn": TOPIC,
            "runbook_url": "https://example.com/runbook",
            **{f"{name}_function": FUNCTION for name in FUNCTIONS},
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
        {
            **BAD_SUFFIX,
            "alert_topic_arn": "topic",
            "latency_milliseconds": 30000,
            "queue_age_seconds": 0,
            "lag_milliseconds": 999,
            "runbook_url": "http://example.com/runbook",
            "server_error_rate": 1,
            "client_error_rate": 1.5,
            "rejected_rate": 0,
        },
        assertions={
            "aws_cloudwatch_metric_alarm.query_duration.threshold == 26100": "90 % of the timeout, in milliseconds",
            "endswith(aws_cloudwatch_metric_alarm.query_errors.alarm_description, "
            '"Runbook: https://example.com/runbook#function-errors")': "an alarm's text is a link to its section",
        },
    ),
}
