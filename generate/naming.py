"""Names and tags of every resource. Each name ends with the environment suffix."""

from typing import Final

from generate.functions import specifications

TAG_PROJECT: Final = "iot-pipeline"

NAMES: Final = {
    "key_alias": "alias/iot-pipeline-{}",
    "raw_table": "raw-sensor-data-{}",
    "processed_table": "processed-data-{}",
    "ingestion_queue": "iot-ingestion-queue-{}",
    "dead_letter_queue": "iot-dlq-{}",
    "async_dead_letter_queue": "iot-async-dlq-{}",
    "alert_topic": "iot-alerts-{}",
    **{each.name: each.resource_name for each in specifications()},
    "layer": "iot-shared-dependencies-{}",
    "api": "iot-api-{}",
    "dashboard": "iot-pipeline-{}",
    "api_key_parameter": "/iot-pipeline/{}/api-key",
    "config_parameter": "/iot-pipeline/{}/config",
}
"""The name of each resource, the suffix left open."""

ALERT_TOPIC_DISPLAY_NAME: Final = "IoT Processing Alerts"
FUNCTIONS: Final = tuple(each.name for each in specifications())


def resource_name(key: str, suffix: object) -> str:
    """The name of a resource of `NAMES` with its suffix, which may be an expression."""
    return NAMES[key].format(suffix)


def role_name(function: str, suffix: object) -> str:
    """The name of a function's execution role."""
    return f"iot-{function}-lambda-role-{suffix}"


def log_group_name(function: str, suffix: object) -> str:
    """The log group that Lambda writes to for a function of that name."""
    return f"/aws/lambda/{resource_name(function, suffix)}"


def package_name(function: str) -> str:
    """The file name of a function's deployment package."""
    return NAMES[function].format("").rstrip("-") + ".zip"


LAYER_PACKAGE: Final = "layer.zip"


def digest_name(package: str) -> str:
    """The file beside a package that holds the digest of its content."""
    return f"{package}.digest"


def default_tags(environment: str, extra: dict[str, str]) -> dict[str, str]:
    """The provider's default tags: the user's, and those that say what a resource belongs to."""
    return {**extra, "project": TAG_PROJECT, "environment": environment, "managed-by": "terraform"}
