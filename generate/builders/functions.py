"""The module `functions`: the Lambda functions, their layer, roles, log groups and event sources."""

from typing import Any

from generate.builders.common import new_module, number_variable
from generate.builders.function_inputs import Inputs, common_inputs, environment_variables, grants
from generate.builders.roles import Grants, execution_role
from generate.naming import FUNCTIONS, LAYER_PACKAGE, digest_name, log_group_name, package_name, resource_name
from generate.terraform import Document, Expression
from handlers.contract import ENVIRONMENT_VARIABLE, METRICS_NAMESPACE

_DEFAULTS = {
    "ingestion": {"memory": 256, "timeout": 29, "maximum_timeout": 29},
    "processor": {"memory": 512, "timeout": 60, "maximum_timeout": 900},
    "query": {"memory": 256, "timeout": 29, "maximum_timeout": 29},
}
_LAYER = "aws_lambda_layer_version.shared_dependencies"
_READERS = {"ingestion": ("aws_lambda_function.processor",)}
"""What is updated before a function: an upgrade's new messages must not meet a processor that cannot read them."""
_MAXIMUM_EVENT_AGE_SECONDS = 3600


def build() -> Document:
    """Build the module."""
    document, suffix = new_module("functions")
    document.data("aws_region", "current")
    document.data("aws_partition", "current")
    inputs = common_inputs(document, suffix)
    reach = grants(document, inputs.key_arn)
    _layer(document, inputs)
    variables = environment_variables(document, reach)
    for name in FUNCTIONS:
        _function(document, name, inputs, variables[name], reach)
    _event_source(document, reach)
    return document


def _layer(document: Document, inputs: Inputs) -> None:
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


def _digest(inputs: Inputs, package: str) -> Expression:
    return Expression(f'file("${{{inputs.packages.bare}}}/{digest_name(package)}")')


def _function(document: Document, name: str, inputs: Inputs, variables: dict[str, Any], reach: Grants) -> None:
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
        defaults["maximum_timeout"],
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
    role, policy = execution_role(document, name, inputs.suffix, log_group, reach)
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
        logging_config={
            "log_format": "JSON",
            "log_group": log_group.name,
            "application_log_level": _platform_level(inputs),
        },
        dead_letter_config={"target_arn": inputs.async_dead_letter_queue_arn},
        depends_on=[policy.bare, *_READERS.get(name, ())],
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


def _platform_level(inputs: Inputs) -> Expression:
    """Lambda's own filter, never above INFO: a metric's line has no level and might not pass. Powertools filters."""
    return Expression(f'{inputs.log_level.bare} == "DEBUG" ? "DEBUG" : "INFO"')


_DESCRIPTIONS = {
    "ingestion": "POST /ingest: validates readings, stores them raw and queues them.",
    "processor": "Processes queued readings, and stored ones again on POST /process.",
    "query": "GET /query: answers stored readings.",
}


def _common_variables(name: str, inputs: Inputs) -> dict[str, Any]:
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


def _event_source(document: Document, reach: Grants) -> None:
    """The mapping from the queue to the processor, made after the policy that lets it read (Lambda checks that)."""
    batch_size = number_variable(
        document,
        "batch_size",
        "The most messages in one batch; each carries up to ten readings of a request.",
        1,
        10000,
        default=100,
    )
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
        event_source_arn=reach.ingestion_queue.arn,
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
