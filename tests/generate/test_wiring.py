"""What is handed from module to module is what its name says: a grant on the raw table is on the raw table."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from generate.naming import FUNCTIONS
from generate.project import MODULES, generate_project
from generate.settings import AccountSettings, Api, EnvironmentSettings
from handlers.contract import Variable
from tests.generate.reading_json import parse_strictly

_FROM_MODULE: Final = re.compile(r"\$\{module\.(\w+)\.(\w+)\}")
_FROM_RESOURCE: Final = re.compile(r"\$\{(\w+)\.(\w+)\.(\w+)\}")
_ANY_NAME: Final = {"this", "alerts"}
"""Of resources that are the only ones of their type."""
_VARIABLES: Final = {
    Variable.RAW_TABLE_NAME: "${var.raw_table.name}",
    Variable.PROCESSED_TABLE_NAME: "${var.processed_table.name}",
    Variable.QUEUE_URL: "${var.ingestion_queue.url}",
    Variable.DEAD_LETTER_QUEUE_URL: "${var.dead_letter_queue.url}",
    Variable.ALERT_TOPIC_ARN: "${var.alert_topic_arn}",
    Variable.CONFIG_PARAMETER: "${var.config_parameter.name}",
    Variable.API_KEY_PARAMETER: "${try(var.api_key_parameter.name, null)}",
    Variable.RAW_TTL_DAYS: "${var.raw_ttl_days}",
    Variable.PROCESSED_TTL_DAYS: "${var.processed_ttl_days}",
    Variable.MAXIMUM_CLOCK_SKEW_SECONDS: "${var.maximum_clock_skew_seconds}",
}
"""What the functions read, and where it comes from."""


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    """The files of an environment that uses everything, parsed."""
    settings = EnvironmentSettings(environment="dev", api=Api(require_api_key=True))
    texts = generate_project(AccountSettings(), [settings])
    return {path: parse_strictly(text) for path, text in texts.items() if path.endswith(".tf.json")}


def leaves(value: object, *path: str) -> Iterator[tuple[str, str]]:
    """Every text in an argument, by its path: `raw_table_arn` for `arn` in `raw_table`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, *path, name)
    elif isinstance(value, str):
        yield "_".join(path), value


def test_an_input_is_the_output_of_the_same_name(files: dict[str, Any]) -> None:
    handed = [
        (module, name, found[2])
        for module, call in files["envs/dev/main.tf.json"]["module"].items()
        for name, text in leaves(call)
        if (found := _FROM_MODULE.fullmatch(text))
    ]

    assert [each for each in handed if each[1] != each[2]] == []
    assert len(handed) > len(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_an_output_is_of_the_resource_and_attribute_of_its_name(files: dict[str, Any], module: str) -> None:
    outputs = files[f"modules/{module}/outputs.tf.json"]["output"]

    for output, body in outputs.items():
        if found := _FROM_RESOURCE.fullmatch(body["value"]):
            _, resource, attribute = found.groups()
            assert resource in _ANY_NAME or output.startswith(f"{resource}_"), output
            assert output.endswith(attribute.rpartition("_")[2]), output


def words(name: str) -> set[str]:
    return set(re.sub("([A-Z])", r"_\1", name).lower().strip("_").split("_"))


def test_an_output_of_the_environment_is_a_modules_of_like_name_and_each_another(files: dict[str, Any]) -> None:
    values = {name: body["value"] for name, body in files["envs/dev/outputs.tf.json"]["output"].items()}
    sources = {name: found[2] for name, value in values.items() if (found := _FROM_MODULE.fullmatch(value))}

    assert sources.keys() == values.keys()
    assert len(set(sources.values())) == len(sources)
    unlike = {name: source for name, source in sources.items() if not words(source) <= words(name)}
    assert unlike == {"ApiEndpoint": "invoke_url"}


def test_a_function_reads_what_its_variables_name(files: dict[str, Any]) -> None:
    variables = files["modules/functions/main.tf.json"]["locals"]
    found = {
        (function, name): value
        for function in FUNCTIONS
        for name, value in variables[f"{function}_variables"].items()
        if name in _VARIABLES
    }

    assert found == {(function, name): _VARIABLES[name] for function, name in found}
    assert {name for _, name in found} == _VARIABLES.keys()
