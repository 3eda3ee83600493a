"""What the dimensions of an alarm stand for, followed from the alarm through an environment's root to a resource."""

import json
import re
from typing import Any, Final

from generate.functions.settings import ApiFunctionSettings, ProcessorSettings
from generate.naming import FUNCTIONS
from generate.project import generate_project
from generate.settings import AccountSettings, EnvironmentSettings, Functions

ENVIRONMENT: Final = "dev"
_UNLIKE: Final[dict[str, Any]] = {
    "ingestion": ApiFunctionSettings(timeout_seconds=11, reserved_concurrency=111),
    "processor": ProcessorSettings(timeout_seconds=92, reserved_concurrency=122),
    "query": ApiFunctionSettings(timeout_seconds=13, reserved_concurrency=113),
}
UNLIKE: Final = Functions(**_UNLIKE)
"""No limit of one function is that of another, so that a limit tells whose it is."""
THINGS: Final[dict[str, dict[str, str]]] = {
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
"""The dimensions of an alarm by what its key begins with; the longest beginning counts."""


def named(key: str) -> dict[str, str]:
    """The dimensions that an alarm's key promises."""
    return THINGS[max((name for name in THINGS if key.startswith(f"{name}_")), key=len)]


class Wiring:
    """The generated files of an environment, whose functions are unlike each other, and its modules."""

    def __init__(self) -> None:
        texts = generate_project(AccountSettings(), [EnvironmentSettings(environment=ENVIRONMENT, functions=UNLIKE)])
        self._files: dict[str, dict[str, Any]] = {
            path: json.loads(text) for path, text in texts.items() if path.endswith(".tf.json")
        }

    def dimensions(self, metric: dict[str, Any]) -> dict[str, str]:
        """What a metric's dimensions stand for: attributes of resources, or a text as it is."""
        return {name: self._follow(value) for name, value in metric["dimensions"].items()}

    def limits(self, threshold: str) -> dict[str, int]:
        """The functions' limits from which a threshold is worked out, by their names in the settings."""
        values = re.findall(r"var\.\w+_function\.\w+", threshold)
        return {value.rpartition(".")[2]: self._passed(f"${{{value}}}") for value in values}

    def _passed(self, value: str) -> Any:
        """From the monitoring module's variable to the root's argument."""
        passed: Any = self._files[f"envs/{ENVIRONMENT}/main.tf.json"]["module"]["monitoring"]
        for name in _parts(value, "var"):
            passed = passed[name]
        return passed

    def _follow(self, value: str) -> str:
        """To the root's argument, and on to the module that the root asks."""
        passed = self._passed(value)
        if not (parts := _parts(passed, "module")):
            return str(passed)
        module, output = parts
        folder = self._files[f"envs/{ENVIRONMENT}/main.tf.json"]["module"][module]["source"].rpartition("/")[2]
        given: str = self._files[f"modules/{folder}/outputs.tf.json"]["output"][output]["value"]
        plain = given.removeprefix("${").removesuffix("}")
        return plain if folder == module else f"{module}: {plain}"


def _parts(expression: str, root: str) -> list[str]:
    """The names after `root` in a plain reference, none where it is something else."""
    found = re.fullmatch(rf"\$\{{{root}\.([\w.]+)\}}", expression)
    return found[1].split(".") if found else []
