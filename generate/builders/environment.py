"""An environment's root: the backend, the provider, and the calls of the modules."""

from collections.abc import Mapping
from typing import Any

from generate.builders.common import ROOT_PROVIDER_VERSION, versions
from generate.functions import served_by_api, specifications
from generate.functions.specification import FunctionSpecification, Wiring
from generate.interface import Interface
from generate.naming import (
    LAYER_PACKAGE,
    default_tags,
    digest_name,
    log_group_name,
    package_name,
    resource_name,
    role_name,
)
from generate.policies import as_values
from generate.regions import NEWER_THAN_THE_BACKEND
from generate.settings import AccountSettings, EnvironmentSettings
from generate.terraform import Document, Expression
from handlers.contract import ENVIRONMENT_VARIABLE, METRICS_NAMESPACE

STATE_FILE = "iot-pipeline.tfstate"


def build(settings: EnvironmentSettings, modules: Mapping[str, Interface]) -> Document:
    """Build the root of one environment.

    Args:
        settings: The environment's settings.
        modules: The interfaces of the modules, by name.
    """
    document = Document(f"envs/{settings.environment}")
    document.terraform(**versions(ROOT_PROVIDER_VERSION), backend=backend(settings.environment, settings))
    document.provider(
        "aws",
        region=settings.region,
        default_tags=[{"tags": default_tags(settings.environment, settings.tags)}],
    )
    packages = document.variable(
        "packages",
        "string",
        "Folder of the deployment packages: each a zip with its digest beside it.",
        default=f"../../build/packages/{settings.environment}",
        nullable=False,
    )

    def call(name: str, module: str, /, **inputs: Any) -> Expression:
        return document.module(name, module, modules[module], **inputs)

    data = call("data", "data", **_data(document, settings))
    wiring = Wiring(settings, data, call("queueing", "queueing", **_queueing(settings, data)))
    layer = call("layer", "layer", **_layer(settings, packages))
    functions = {
        each.name: call(each.name, "function", **_function(each, wiring, packages, layer)) for each in specifications()
    }
    api = call("api", "api", **_api(settings, data, functions))
    call("monitoring", "monitoring", **_watched(settings, functions), **_monitoring(wiring, api))
    for name, module, output, description in _OUTPUTS:
        document.output(name, Expression(f"module.{module}.{output}"), description)
    for each in specifications():
        document.output(each.output, functions[each.name].function_name, f"Name of the function {each.name}.")
    _moved(document)
    return document


def backend(name: str, settings: AccountSettings | EnvironmentSettings) -> dict[str, Any]:
    """The S3 backend, encrypted and locked by a lock file in the bucket (Terraform 1.10 and later)."""
    return {
        "s3": {
            "bucket": settings.state.bucket,
            "key": f"{name}/{STATE_FILE}",
            "region": settings.state.region,
            "encrypt": True,
            "use_lockfile": True,
            **({"skip_region_validation": True} if settings.state.region in NEWER_THAN_THE_BACKEND else {}),
            **({"kms_key_id": settings.state.kms_key_arn} if settings.state.kms_key_arn else {}),
        }
    }


def _data(document: Document, settings: EnvironmentSettings) -> dict[str, Any]:
    api_key = document.variable(
        "api_key",
        "string",
        "Value of the api-key parameter, 20 characters or more; kept in no plan and no state.",
        ephemeral=True,
        sensitive=True,
        nullable=False,
    )
    return {
        "environment_suffix": settings.environment,
        "deletion_protection": settings.data.deletion_protection,
        "key_deletion_window_days": settings.data.key_deletion_window_days,
        "log_group_names": [log_group_name(each.name, settings.environment) for each in specifications()],
        "config": settings.config.values(),
        "api_key": api_key,
        "api_key_version": settings.data.api_key_version,
    }


def _queueing(settings: EnvironmentSettings, data: Expression) -> dict[str, Any]:
    return {
        "environment_suffix": settings.environment,
        "key_arn": data.key_arn,
        "processor_timeout_seconds": settings.processor.timeout_seconds,
        "batching_window_seconds": settings.functions.event_source.batching_window_seconds,
        "visibility_timeout_seconds": settings.visibility_timeout_seconds,
        "maximum_receive_count": settings.queueing.maximum_receive_count,
        "subscriptions": [
            {"name": f"{each.protocol}:{each.endpoint}", **each.values()} for each in settings.queueing.subscriptions
        ],
    }


def _packaged(packages: Expression, package: str) -> dict[str, object]:
    return {
        "package": f"{packages}/{package}",
        "package_digest": Expression(f'file("${{{packages.bare}}}/{digest_name(package)}")'),
    }


def _layer(settings: EnvironmentSettings, packages: Expression) -> dict[str, object]:
    return {
        "environment_suffix": settings.environment,
        **_packaged(packages, LAYER_PACKAGE),
        "runtime": settings.functions.runtime,
        "architecture": settings.functions.architecture,
    }


def _function(
    specification: FunctionSpecification, wiring: Wiring, packages: Expression, layer: Expression
) -> dict[str, object]:
    settings, name = wiring.settings, specification.name
    own, common = getattr(settings.functions, name), settings.functions
    inputs: dict[str, object] = {
        "function_name": resource_name(name, settings.environment),
        "role_name": role_name(name, settings.environment),
        "policy_name": name,
        "description": specification.description,
        "handler": specification.handler,
        **_packaged(packages, package_name(name)),
        "runtime": common.runtime,
        "architecture": common.architecture,
        "layer_arns": [layer.layer_arn],
        "memory_megabytes": own.memory_megabytes,
        "timeout_seconds": own.timeout_seconds,
        "reserved_concurrency": own.reserved_concurrency,
        "log_retention_days": common.log_retention_days,
        "log_level": common.log_level,
        "key_arn": wiring.data.key_arn,
        "failure_queue_arn": wiring.queueing.async_dead_letter_queue_arn,
        "environment_variables": _variables(specification, wiring),
        "policy_statements": as_values(specification.statements(wiring)),
        # sqs: the failure queue is encrypted with the key, too
        "encrypts_through": sorted({*specification.encrypts_through, "sqs"}),
        "decrypts_through": specification.decrypts_through(wiring),
        "update_after": [Expression(f"module.{each}.function_arn") for each in specification.updated_after],
    }
    if specification.reads_queue:
        inputs["event_source"] = _event_source(wiring)
    return inputs


def _variables(specification: FunctionSpecification, wiring: Wiring) -> dict[str, object]:
    values = {
        **specification.variables(wiring),
        ENVIRONMENT_VARIABLE: wiring.settings.environment,
        "POWERTOOLS_SERVICE_NAME": specification.name,
        "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
        "POWERTOOLS_LOG_LEVEL": wiring.settings.functions.log_level,
    }
    return {name: value for name, value in values.items() if value is not None}


def _event_source(wiring: Wiring) -> dict[str, object]:
    source = wiring.settings.functions.event_source
    return {
        "queue_arn": wiring.queueing.ingestion_queue_arn,
        "batch_size": source.batch_size,
        "batching_window_seconds": source.batching_window_seconds,
        "maximum_concurrency": wiring.settings.maximum_concurrency,
    }


def _moved(document: Document) -> None:
    """Where resources of version 0.1 are now: its module `functions` had all functions and their layer."""
    document.moved(
        "module.functions.aws_lambda_layer_version.shared_dependencies", "module.layer.aws_lambda_layer_version.this"
    )
    for name in ("ingestion", "processor", "query"):
        for kind in _FUNCTION_RESOURCES:
            document.moved(f"module.functions.{kind}.{name}", f"module.{name}.{kind}.this")
    mapping = "aws_lambda_event_source_mapping"
    document.moved(f"module.functions.{mapping}.processor", f"module.processor.{mapping}.queue[0]")


_FUNCTION_RESOURCES = (
    "aws_cloudwatch_log_group",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_lambda_function",
    "aws_lambda_function_event_invoke_config",
)


def _api(settings: EnvironmentSettings, data: Expression, functions: Mapping[str, Expression]) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "environment_suffix": settings.environment,
        "key_arn": data.key_arn,
        "log_retention_days": settings.functions.log_retention_days,
        "throttling_rate_limit": settings.api.throttling_rate_limit,
        "throttling_burst_limit": settings.api.throttling_burst_limit,
    }
    for each in served_by_api():
        inputs[f"{each.name}_function_name"] = functions[each.name].function_name
        inputs[f"{each.name}_invoke_arn"] = functions[each.name].invoke_arn
    return inputs


def _watched(settings: EnvironmentSettings, functions: Mapping[str, Expression]) -> dict[str, Any]:
    return {
        f"{name}_function": {
            "name": function.function_name,
            "timeout_seconds": getattr(settings.functions, name).timeout_seconds,
            "reserved_concurrency": getattr(settings.functions, name).reserved_concurrency,
        }
        for name, function in functions.items()
    }


def _monitoring(wiring: Wiring, api: Expression) -> dict[str, Any]:
    data, queueing = wiring.data, wiring.queueing
    return {
        "environment_suffix": wiring.settings.environment,
        "alert_topic_arn": queueing.alert_topic_arn,
        "alert_topic_name": queueing.alert_topic_name,
        "raw_table_name": data.raw_table_name,
        "processed_table_name": data.processed_table_name,
        "ingestion_queue_name": queueing.ingestion_queue_name,
        "dead_letter_queue_name": queueing.dead_letter_queue_name,
        "async_dead_letter_queue_name": queueing.async_dead_letter_queue_name,
        "api_name": api.api_name,
        "stage_name": api.stage_name,
        **wiring.settings.monitoring.values(),
    }


_OUTPUTS = (
    ("ApiEndpoint", "api", "invoke_url", "Where the API answers."),
    ("ApiId", "api", "api_id", "Id of the REST API."),
    ("ApiStageName", "api", "stage_name", "Stage of the REST API."),
    ("ApiExecutionArn", "api", "execution_arn", "ARN prefix for a caller's execute-api:Invoke."),
    ("RawSensorTableName", "data", "raw_table_name", "Table of raw readings."),
    ("ProcessedDataTableName", "data", "processed_table_name", "Table of processed items."),
    ("IngestionQueueUrl", "queueing", "ingestion_queue_url", "Queue from ingestion to processing."),
    ("DeadLetterQueueUrl", "queueing", "dead_letter_queue_url", "Queue of what could not be processed."),
    (
        "AsyncDeadLetterQueueUrl",
        "queueing",
        "async_dead_letter_queue_url",
        "Queue of failed asynchronous invocations.",
    ),
    ("AlertTopicArn", "queueing", "alert_topic_arn", "Topic of alerts and alarms."),
    ("ApiKeyParameterName", "data", "api_key_parameter_name", "Parameter with the API key."),
    ("ConfigParameterName", "data", "config_parameter_name", "Parameter with the configuration."),
    ("KeyArn", "data", "key_arn", "KMS key of the environment."),
    ("DashboardUrl", "monitoring", "dashboard_url", "Dashboard in the console."),
)
"""Each output of the root, and the module's output that it hands on."""
