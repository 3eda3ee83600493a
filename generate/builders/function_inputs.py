"""What the module `functions` takes: its variables, by what they are for."""

from dataclasses import dataclass
from typing import Any

from generate.builders.common import arn_variable, number_variable, retention_variable
from generate.builders.roles import Grants
from generate.policies import assume_role_policy
from generate.rules.environment import OLDEST_TIMESTAMPS
from generate.terraform import Document, Expression, Validation
from handlers.contract import DEFAULT_OLDEST_TIMESTAMP, Variable


@dataclass(frozen=True)
class Inputs:
    """What all functions share."""

    suffix: Expression
    key_arn: Expression
    packages: Expression
    runtime: Expression
    architecture: Expression
    log_retention_days: Expression
    log_level: Expression
    async_dead_letter_queue_arn: Expression


def common_inputs(document: Document, suffix: Expression) -> Inputs:
    """Declare what all functions share."""
    return Inputs(
        suffix,
        arn_variable(document, "key_arn", "ARN of the KMS key that encrypts logs, variables and all they touch."),
        document.variable(
            "packages",
            "string",
            "Folder of the packages: each a zip and `<name>.zip.digest`.",
            nullable=False,
        ),
        _choice(document, "runtime", "Lambda runtime.", "python3.11", ("python3.11", "python3.12", "python3.13")),
        _choice(document, "architecture", "Instruction set.", "x86_64", ("x86_64", "arm64")),
        retention_variable(document),
        _choice(document, "log_level", "Minimum log level.", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        arn_variable(document, "async_dead_letter_queue_arn", "ARN of the queue for failed asynchronous invocations."),
    )


def _choice(document: Document, name: str, description: str, default: str, allowed: tuple[str, ...]) -> Expression:
    quoted = ", ".join(f'"{value}"' for value in allowed)
    return document.variable(
        name,
        "string",
        description,
        default=default,
        nullable=False,
        validations=[
            Validation(Expression(f"contains([{quoted}], var.{name})"), f"{name} must be one of {', '.join(allowed)}.")
        ],
    )


def grants(document: Document, key_arn: Expression) -> Grants:
    """Declare what the functions may reach."""

    def pair(name: str, title: str, first: str) -> Expression:
        return document.variable(
            name, f"object({{ {first} = string, arn = string }})", f"The {title}: its {first} and ARN.", nullable=False
        )

    return Grants(
        assume_role_policy=assume_role_policy(document, "lambda.amazonaws.com"),
        key_arn=key_arn,
        raw_table=pair("raw_table", "table of raw readings", "name"),
        processed_table=pair("processed_table", "table of processed items", "name"),
        ingestion_queue=pair("ingestion_queue", "queue from ingestion to processing", "url"),
        dead_letter_queue=pair("dead_letter_queue", "queue for messages that cannot be processed", "url"),
        config_parameter=pair("config_parameter", "parameter with the configuration", "name"),
        api_key_parameter=document.variable(
            "api_key_parameter",
            "object({ name = string, arn = string })",
            "The parameter to compare X-Api-Key with: its name and ARN; null: the header is not asked for.",
            default=None,
        ),
        alert_topic_arn=arn_variable(document, "alert_topic_arn", "ARN of the alert topic."),
        async_dead_letter_queue_arn=Expression("var.async_dead_letter_queue_arn"),
    )


def _oldest_timestamp(document: Document) -> Expression:
    first, _ = OLDEST_TIMESTAMPS
    moment = '"${var.oldest_timestamp}T00:00:00Z"'
    in_range = f'timecmp({moment}, "{first}T00:00:00Z") >= 0 && timecmp({moment}, plantimestamp()) <= 0'
    return document.variable(
        "oldest_timestamp",
        "string",
        "UTC day; readings with an earlier timestamp are refused.",
        default=DEFAULT_OLDEST_TIMESTAMP,
        nullable=False,
        validations=[
            Validation(
                Expression(f"try({in_range}, false)"),
                f"oldest_timestamp must be a day from {first} to today, written as {DEFAULT_OLDEST_TIMESTAMP}.",
            )
        ],
    )


def environment_variables(document: Document, reach: Grants) -> dict[str, Any]:
    """What each function finds in its environment; what is null is left out below."""
    raw_ttl = number_variable(
        document, "raw_ttl_days", "Days until a raw item expires; null: never.", 1, 3653, default=None
    )
    processed_ttl = number_variable(
        document, "processed_ttl_days", "Days until a processed item expires; null: never.", 1, 3653, default=None
    )
    skew = number_variable(
        document, "maximum_clock_skew_seconds", "How far ahead of the server a timestamp may be.", 0, 86400, default=300
    )
    return {
        "ingestion": {
            Variable.RAW_TABLE_NAME: reach.raw_table.name,
            Variable.QUEUE_URL: reach.ingestion_queue.url,
            Variable.CONFIG_PARAMETER: reach.config_parameter.name,
            Variable.API_KEY_PARAMETER: Expression(f"try({reach.api_key_parameter.bare}.name, null)"),
            Variable.RAW_TTL_DAYS: raw_ttl,
            Variable.MAXIMUM_CLOCK_SKEW_SECONDS: skew,
            Variable.OLDEST_TIMESTAMP: _oldest_timestamp(document),
        },
        "processor": {
            Variable.RAW_TABLE_NAME: reach.raw_table.name,
            Variable.PROCESSED_TABLE_NAME: reach.processed_table.name,
            Variable.QUEUE_URL: reach.ingestion_queue.url,
            Variable.DEAD_LETTER_QUEUE_URL: reach.dead_letter_queue.url,
            Variable.ALERT_TOPIC_ARN: reach.alert_topic_arn,
            Variable.CONFIG_PARAMETER: reach.config_parameter.name,
            Variable.PROCESSED_TTL_DAYS: processed_ttl,
        },
        "query": {
            Variable.RAW_TABLE_NAME: reach.raw_table.name,
            Variable.PROCESSED_TABLE_NAME: reach.processed_table.name,
        },
    }
