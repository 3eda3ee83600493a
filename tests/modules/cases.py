"""What each module takes and refuses, by itself: valid inputs, and one that breaks each condition of its files."""

from dataclasses import dataclass, field
from typing import Any

from generate.naming import FUNCTIONS, resource_name

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:queue"
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
TABLE = {"name": "table", "arn": "arn:aws:dynamodb:us-east-1:123456789012:table/table"}
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
            "aws_dynamodb_table.raw.deletion_protection_enabled": "tables are protected unless told otherwise",
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
        {
            **BAD_SUFFIX,
            "key_arn": "key",
            "async_dead_letter_queue_arn": "queue",
            "alert_topic_arn": "topic",
            "runtime": "python3.8",
            "architecture": "mips",
            "log_retention_days": 31,
            "log_level": "LOUD",
            "raw_ttl_days": 0,
            "processed_ttl_days": 3654,
            "maximum_clock_skew_seconds": -1,
            "oldest_timestamp": "2098-01-01",
            **{f"{name}_memory_megabytes": 64 for name in FUNCTIONS},
            **{f"{name}_reserved_concurrency": 0.5 for name in FUNCTIONS},
            "ingestion_timeout_seconds": 30,
            "processor_timeout_seconds": 901,
            "query_timeout_seconds": 30,
            "batch_size": 10001,
            "batching_window_seconds": 301,
            "maximum_concurrency": 1,
        },
        ({"batch_size": 11, "batching_window_seconds": 0}, {"processor_reserved_concurrency": 50}),
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
