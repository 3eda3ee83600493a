"""The module `functions`: the Lambda functions, their layer, roles, log groups and event sources."""

from dataclasses import dataclass
from typing import Any

from generate.builders.common import arn_variable, new_module, number_variable
from generate.builders.roles import Grants, execution_role
from generate.naming import FUNCTIONS, LAYER_PACKAGE, log_group_name, package_name, resource_name
from generate.policies import assume_role_policy
from generate.terraform import Document, Expression, Validation
from handlers.contract import ENVIRONMENT_VARIABLE, METRICS_NAMESPACE, Variable

_DEFAULTS = {
    "ingestion": {"memory": 256, "timeout": 29, "greatest_timeout": 29},
    "processor": {"memory": 512, "timeout": 60, "greatest_timeout": 900},
    "query": {"memory": 256, "timeout": 29, "greatest_timeout": 29},
}
_LAYER = "aws_lambda_layer_version.shared_dependencies"
_MAXIMUM_EVENT_AGE_SECONDS = 3600
_RETENTION_DAYS = (
    "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653"
)


@dataclass(frozen=True)
class _Inputs:
    """The module's variables, as the builders below use them."""

    suffix: Expression
    key_arn: Expression
    packages: Expression
    runtime: Expression
    architecture: Expression
    log_retention_days: Expression
    log_level: Expression
    async_dead_letter_queue_arn: Expression


def build() -> Document:
    """Build the module."""
    document, suffix = new_module("functions")
    document.data("aws_region", "current")
    inputs = _inputs(document, suffix)
    grants = _grants(document, inputs.key_arn)
    _layer(document, inputs)
    variables = _environment_variables(document, grants)
    for name in FUNCTIONS:
        _function(document, name, inputs, variables[name], grants)
    _event_source(document, grants)
    return document


def _inputs(document: Document, suffix: Expression) -> _Inputs:
    return _Inputs(
        suffix,
        arn_variable(document, "key_arn", "ARN of the KMS key that encrypts logs, variables and all they touch."),
        document.variable("packages", "string", "Folder of the deployment packages.", nullable=False),
        _choice(document, "runtime", "Lambda runtime.", "python3.11", ("python3.11", "python3.12", "python3.13")),
        _choice(document, "architecture", "Instruction set.", "x86_64", ("x86_64", "arm64")),
        document.variable(
            "log_retention_days",
            "number",
            "Days that logs are kept.",
            default=30,
            nullable=False,
            validations=[
                Validation(
                    Expression(f"contains([{_RETENTION_DAYS}], var.log_retention_days)"),
                    f"log_retention_days must be one of {_RETENTION_DAYS}.",
                )
            ],
        ),
        _choice(document, "log_level", "The least level logged.", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
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


def _grants(document: Document, key_arn: Expression) -> Grants:
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


def _environment_variables(document: Document, grants: Grants) -> dict[str, Any]:
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
            Variable.RAW_TABLE_NAME: grants.raw_table.name,
            Variable.QUEUE_URL: grants.ingestion_queue.url,
            Variable.CONFIG_PARAMETER: grants.config_parameter.name,
            Variable.API_KEY_PARAMETER: Expression(f"try({grants.api_key_parameter.bare}.name, null)"),
            Variable.RAW_TTL_DAYS: raw_ttl,
            Variable.MAXIMUM_CLOCK_SKEW_SECONDS: skew,
        },
        "processor": {
            Variable.RAW_TABLE_NAME: grants.raw_table.name,
            Variable.PROCESSED_TABLE_NAME: grants.processed_table.name,
            Variable.QUEUE_URL: grants.ingestion_queue.url,
            Variable.DEAD_LETTER_QUEUE_URL: grants.dead_letter_queue.url,
            Variable.ALERT_TOPIC_ARN: grants.alert_topic_arn,
            Variable.CONFIG_PARAMETER: grants.config_parameter.name,
            Variable.PROCESSED_TTL_DAYS: processed_ttl,
        },
        "query": {
            Variable.RAW_TABLE_NAME: grants.raw_table.name,
            Variable.PROCESSED_TABLE_NAME: grants.processed_table.name,
        },
    }


def _layer(document: Document, inputs: _Inputs) -> None:
    package = f"{inputs.packages}/{LAYER_PACKAGE}"
    document.resource(
        *_LAYER.split("."),
        layer_name=resource_name("layer", inputs.suffix),
        description="What the handlers import beyond the runtime's own packages.",
        filename=package,
        source_code_hash=_digest(inputs, LAYER_PACKAGE),
        compatible_runtimes=[inputs.runtime],
        compatible_architectures=[inputs.architecture],
    )


def _digest(inputs: _Inputs, package: str) -> Expression:
    return Expression(f'filebase64sha256("${{{inputs.packages.bare}}}/{package}")')


def _function(document: Document, name: str, inputs: _Inputs, variables: dict[str, Any], grants: Grants) -> None:
    """A function, with its log group and its role's policy made before it."""
    defaults = _DEFAULTS[name]
    memory = number_variable(
        document, f"{name}_memory_megabytes", f"Memory of {name}.", 128, 10240, default=defaults["memory"]
    )
    timeout = number_variable(
        document,
        f"{name}_timeout_seconds",
        f"Timeout of {name}.",
        1,
        defaults["greatest_timeout"],
        default=defaults["timeout"],
    )
    reserved = number_variable(
        document, f"{name}_reserved_concurrency", f"Concurrency reserved for {name}.", 1, 10000, default=100
    )
    log_group = document.resource(
        "aws_cloudwatch_log_group",
        name,
        name=log_group_name(name, inputs.suffix),
        retention_in_days=inputs.log_retention_days,
        kms_key_id=inputs.key_arn,
    )
    role, policy = execution_role(document, name, inputs.suffix, log_group, grants)
    package = package_name(name)
    function = document.resource(
        "aws_lambda_function",
        name,
        function_name=resource_name(name, inputs.suffix),
        description=_DESCRIPTIONS[name],
        role=role.arn,
        handler=f"handlers.{name}.lambda_handler",
        runtime=inputs.runtime,
        architectures=[inputs.architecture],
        filename=f"{inputs.packages}/{package}",
        source_code_hash=_digest(inputs, package),
        layers=[Expression(_LAYER).arn],
        memory_size=memory,
        timeout=timeout,
        reserved_concurrent_executions=reserved,
        kms_key_arn=inputs.key_arn,
        environment={"variables": _set_ones(document, name, {**variables, **_common_variables(name, inputs)})},
        tracing_config={"mode": "Active"},
        logging_config={"log_format": "JSON", "log_group": log_group.name, "application_log_level": inputs.log_level},
        dead_letter_config={"target_arn": inputs.async_dead_letter_queue_arn},
        depends_on=[policy.bare],
    )
    document.resource(
        "aws_lambda_function_event_invoke_config",
        name,
        function_name=function.function_name,
        maximum_event_age_in_seconds=_MAXIMUM_EVENT_AGE_SECONDS,
        maximum_retry_attempts=2,
    )
    document.output(f"{name}_function_name", function.function_name, f"Name of the function {name}.")
    document.output(f"{name}_function_arn", function.arn, f"ARN of the function {name}.")
    document.output(f"{name}_invoke_arn", function.invoke_arn, f"ARN by which API Gateway invokes {name}.")
    document.output(f"{name}_log_group_name", log_group.name, f"Log group of {name}.")


_DESCRIPTIONS = {
    "ingestion": "POST /ingest: validates readings, stores them raw and queues them.",
    "processor": "Processes queued readings, and stored ones again on POST /process.",
    "query": "GET /query: answers stored readings.",
}


def _common_variables(name: str, inputs: _Inputs) -> dict[str, Any]:
    return {
        ENVIRONMENT_VARIABLE: inputs.suffix,
        "POWERTOOLS_SERVICE_NAME": name,
        "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
        "POWERTOOLS_LOG_LEVEL": inputs.log_level,
    }


def _set_ones(document: Document, name: str, variables: dict[str, Any]) -> Expression:
    """The variables that have a value: the provider would write a null as an empty string."""
    every = document.local(f"{name}_variables", variables)
    return Expression(f"{{ for name, value in {every.bare} : name => value if value != null }}")


def _event_source(document: Document, grants: Grants) -> None:
    """The mapping from the queue to the processor, made after the policy that lets it read (Lambda checks that)."""
    batch_size = number_variable(document, "batch_size", "The most messages in one batch.", 1, 10000, default=100)
    window = number_variable(
        document, "batching_window_seconds", "Longest wait for a batch to fill.", 0, 300, default=1
    )
    concurrency = number_variable(
        document,
        "maximum_concurrency",
        "Concurrent batches; leave some of the reserve to /process.",
        2,
        1000,
        default=90,
    )
    document.resource(
        "aws_lambda_event_source_mapping",
        "processor",
        event_source_arn=grants.ingestion_queue.arn,
        function_name=Expression("aws_lambda_function.processor").arn,
        batch_size=batch_size,
        maximum_batching_window_in_seconds=window,
        function_response_types=["ReportBatchItemFailures"],
        scaling_config={"maximum_concurrency": concurrency},
        depends_on=["aws_iam_role_policy.processor"],
        lifecycle={
            "precondition": [
                {
                    "condition": Expression(f"{batch_size.bare} <= 10 || {window.bare} >= 1"),
                    "error_message": "batching_window_seconds must be at least 1 where batch_size is over 10.",
                },
                {
                    "condition": Expression(f"{concurrency.bare} <= var.processor_reserved_concurrency"),
                    "error_message": "maximum_concurrency must be at most processor_reserved_concurrency.",
                },
            ]
        },
    )
