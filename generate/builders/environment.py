"""An environment's root: the backend, the provider, and the calls of the modules."""

from collections.abc import Mapping
from typing import Any

from generate.builders.common import versions
from generate.interface import Interface
from generate.naming import FUNCTIONS, default_tags
from generate.regions import NEWER_THAN_THE_BACKEND
from generate.settings import AccountSettings, EnvironmentSettings
from generate.terraform import Document, Expression

STATE_FILE = "iot-pipeline.tfstate"


def build(settings: EnvironmentSettings, modules: Mapping[str, Interface]) -> Document:
    """Build the root of one environment.

    Args:
        settings: The environment's settings.
        modules: The interfaces of the modules, by name.
    """
    document = Document(f"envs/{settings.environment}")
    document.terraform(**versions(), backend=backend(settings.environment, settings))
    document.provider(
        "aws",
        region=settings.region,
        default_tags=[{"tags": default_tags(settings.environment, settings.tags)}],
    )
    packages = document.variable(
        "packages",
        "string",
        "Folder of the deployment packages.",
        default=f"../../build/packages/{settings.environment}",
        nullable=False,
    )
    data = document.module("data", modules["data"], **_data(document, settings))
    queueing = document.module("queueing", modules["queueing"], **_queueing(settings, data))
    functions = document.module("functions", modules["functions"], **_functions(settings, packages, data, queueing))
    api = document.module("api", modules["api"], **_api(settings, data, functions))
    watched = _watched(settings, functions) | _monitoring(settings, data, queueing, api)
    document.module("monitoring", modules["monitoring"], **watched)
    for name, module, output, description in _OUTPUTS:
        document.output(name, Expression(f"module.{module}.{output}"), description)
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
        "config": settings.config.values(),
        "api_key": api_key,
        "api_key_version": settings.data.api_key_version,
    }


def _queueing(settings: EnvironmentSettings, data: Expression) -> dict[str, Any]:
    return {
        "environment_suffix": settings.environment,
        "key_arn": data.key_arn,
        "processor_timeout_seconds": settings.functions.processor.timeout_seconds,
        "batching_window_seconds": settings.functions.event_source.batching_window_seconds,
        "visibility_timeout_seconds": settings.visibility_timeout_seconds,
        "maximum_receive_count": settings.queueing.maximum_receive_count,
        "subscriptions": [
            {"name": f"{each.protocol}:{each.endpoint}", **each.values()} for each in settings.queueing.subscriptions
        ],
    }


def _functions(
    settings: EnvironmentSettings, packages: Expression, data: Expression, queueing: Expression
) -> dict[str, Any]:
    functions = settings.functions
    inputs: dict[str, Any] = {
        "environment_suffix": settings.environment,
        "key_arn": data.key_arn,
        "packages": packages,
        "runtime": functions.runtime,
        "architecture": functions.architecture,
        "log_retention_days": functions.log_retention_days,
        "log_level": functions.log_level,
        "raw_table": _named(data, "raw_table"),
        "processed_table": _named(data, "processed_table"),
        "config_parameter": _named(data, "config_parameter"),
        "api_key_parameter": _named(data, "api_key_parameter") if settings.api.require_api_key else None,
        "ingestion_queue": _queue(queueing, "ingestion_queue"),
        "dead_letter_queue": _queue(queueing, "dead_letter_queue"),
        "async_dead_letter_queue_arn": queueing.async_dead_letter_queue_arn,
        "alert_topic_arn": queueing.alert_topic_arn,
        "raw_ttl_days": settings.data.raw_ttl_days,
        "processed_ttl_days": settings.data.processed_ttl_days,
        "maximum_clock_skew_seconds": settings.api.maximum_clock_skew_seconds,
        "oldest_timestamp": settings.api.oldest_timestamp.isoformat(),
    }
    for name in FUNCTIONS:
        function = getattr(functions, name)
        inputs[f"{name}_memory_megabytes"] = function.memory_megabytes
        inputs[f"{name}_timeout_seconds"] = function.timeout_seconds
        inputs[f"{name}_reserved_concurrency"] = function.reserved_concurrency
    return inputs | {
        "batch_size": functions.event_source.batch_size,
        "batching_window_seconds": functions.event_source.batching_window_seconds,
        "maximum_concurrency": settings.maximum_concurrency,
    }


def _named(module: Expression, output: str) -> dict[str, Expression]:
    return {"name": getattr(module, f"{output}_name"), "arn": getattr(module, f"{output}_arn")}


def _queue(module: Expression, output: str) -> dict[str, Expression]:
    return {"url": getattr(module, f"{output}_url"), "arn": getattr(module, f"{output}_arn")}


def _api(settings: EnvironmentSettings, data: Expression, functions: Expression) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "environment_suffix": settings.environment,
        "key_arn": data.key_arn,
        "log_retention_days": settings.functions.log_retention_days,
        "throttling_rate_limit": settings.api.throttling_rate_limit,
        "throttling_burst_limit": settings.api.throttling_burst_limit,
    }
    for name in FUNCTIONS:
        inputs[f"{name}_function_name"] = getattr(functions, f"{name}_function_name")
        inputs[f"{name}_invoke_arn"] = getattr(functions, f"{name}_invoke_arn")
    return inputs


def _watched(settings: EnvironmentSettings, functions: Expression) -> dict[str, Any]:
    return {
        f"{name}_function": {
            "name": getattr(functions, f"{name}_function_name"),
            "timeout_seconds": getattr(settings.functions, name).timeout_seconds,
            "reserved_concurrency": getattr(settings.functions, name).reserved_concurrency,
        }
        for name in FUNCTIONS
    }


def _monitoring(
    settings: EnvironmentSettings, data: Expression, queueing: Expression, api: Expression
) -> dict[str, Any]:
    return {
        "environment_suffix": settings.environment,
        "alert_topic_arn": queueing.alert_topic_arn,
        "alert_topic_name": queueing.alert_topic_name,
        "raw_table_name": data.raw_table_name,
        "processed_table_name": data.processed_table_name,
        "ingestion_queue_name": queueing.ingestion_queue_name,
        "dead_letter_queue_name": queueing.dead_letter_queue_name,
        "async_dead_letter_queue_name": queueing.async_dead_letter_queue_name,
        "api_name": api.api_name,
        "stage_name": api.stage_name,
        **settings.monitoring.values(),
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
    ("IngestionFunctionName", "functions", "ingestion_function_name", "Function behind POST /ingest."),
    ("ProcessorFunctionName", "functions", "processor_function_name", "Function behind the queue and POST /process."),
    ("QueryFunctionName", "functions", "query_function_name", "Function behind GET /query."),
    ("ApiKeyParameterName", "data", "api_key_parameter_name", "Parameter with the API key."),
    ("ConfigParameterName", "data", "config_parameter_name", "Parameter with the configuration."),
    ("KeyArn", "data", "key_arn", "KMS key of the environment."),
    ("DashboardUrl", "monitoring", "dashboard_url", "Dashboard in the console."),
)
"""Each output of the root, and the module's output that it hands on."""
