"""Resolves the dimensions of an alarm, through an environment's root module, to a resource."""

import json
import re
from typing import Any, Final

from generate.functions import specifications
from generate.naming import FUNCTIONS
from generate.project import generate_project
from generate.settings import AccountSettings, EnvironmentSettings, Functions

ENVIRONMENT: Final = "dev"
_DISTINCT_LIMITS: Final[dict[str, Any]] = {
    each.name: each.settings(
        timeout_seconds=(90 if each.reads_queue else 10) + number, reserved_concurrency=100 + number
    )
    for number, each in enumerate(specifications(), start=1)
}
DISTINCT_LIMITS: Final = Functions(**_DISTINCT_LIMITS)
"""No two functions have the same limit, so that a limit identifies its function."""
DIMENSIONS: Final[dict[str, dict[str, str]]] = {
    **{name: {"FunctionName": f"{name}: aws_lambda_function.this.function_name"} for name in FUNCTIONS},
    **{name: {"TableName": f"aws_dynamodb_table.{name}.name"} for name in ("raw", "processed")},
    **{
        f"{name}_queue": {"QueueName": f"aws_sqs_queue.{name}.name"}
        for name in ("ingestion", "dead_letter", "async_dead_letter")
    },
    "api": {"ApiName": "aws_api_gateway_rest_api.this.name", "Stage": "aws_api_gateway_stage.this.stage_name"},
    "alert_topic": {"TopicName": "aws_sns_topic.alerts.name"},
    **{name: {"Environment": ENVIRONMENT} for name in ("readings", "end_to_end", "configuration")},
}
"""The dimensions of an alarm by the beginning of its key; the longest that matches counts."""


def expected_dimensions(key: str) -> dict[str, str]:
    """The dimensions that an alarm's key names."""
    return DIMENSIONS[max((name for name in DIMENSIONS if key.startswith(f"{name}_")), key=len)]


class DimensionResolver:
    """Resolves dimensions in the generated files of an environment with `DISTINCT_LIMITS`, and its modules."""

    def __init__(self) -> None:
        texts = generate_project(
            AccountSettings(), [EnvironmentSettings(environment=ENVIRONMENT, functions=DISTINCT_LIMITS)]
        )
        self._files: dict[str, dict[str, Any]] = {
            path: json.loads(text) for path, text in texts.items() if path.endswith(".tf.json")
        }

    def dimensions(self, metric: dict[str, Any]) -> dict[str, str]:
        """The values of a metric's dimensions: attributes of resources, or constants."""
        return {name: self._resolve(value) for name, value in metric["dimensions"].items()}

    def limits(self, threshold: str) -> dict[str, int]:
        """The functions' limits that a threshold is calculated from, by their names in the settings."""
        values = re.findall(r"var\.\w+_function\.\w+", threshold)
        return {value.rpartition(".")[2]: self._argument(f"${{{value}}}") for value in values}

    def _argument(self, value: str) -> Any:
        """The root module's argument for a variable of the monitoring module."""
        argument: Any = self._files[f"envs/{ENVIRONMENT}/main.tf.json"]["module"]["monitoring"]
        for name in _parts(value, "var"):
            argument = argument[name]
        return argument

    def _resolve(self, value: str) -> str:
        """The root module's argument for a variable, or the output of the module that it refers to."""
        argument = self._argument(value)
        if not (parts := _parts(argument, "module")):
            return str(argument)
        module, output = parts
        folder = self._files[f"envs/{ENVIRONMENT}/main.tf.json"]["module"][module]["source"].rpartition("/")[2]
        given: str = self._files[f"modules/{folder}/outputs.tf.json"]["output"][output]["value"]
        plain = given.removeprefix("${").removesuffix("}")
        return plain if folder == module else f"{module}: {plain}"


def _parts(expression: str, root: str) -> list[str]:
    """The names after `root` in a plain reference; empty for any other expression."""
    found = re.fullmatch(rf"\$\{{{root}\.([\w.]+)\}}", expression)
    return found[1].split(".") if found else []
