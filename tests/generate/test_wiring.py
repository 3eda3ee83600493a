"""What is handed from module to module is what its name says: a grant on the raw table is on the raw table."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from generate.naming import FUNCTIONS
from generate.project import MODULES, generate_project
from generate.settings import AccountSettings, Api, Data, EnvironmentSettings
from tests.generate.reading_json import parse_strictly

_FROM_MODULE: Final = re.compile(r"\$\{module\.(\w+)\.(\w+)\}")
_FROM_RESOURCE: Final = re.compile(r"\$\{(\w+)\.(\w+)\.(\w+)\}")
_ANY_NAME: Final = {"this", "alerts"}
"""Of resources that are the only ones of their type."""
_VARIABLES: Final = {
    "RAW_TABLE_NAME": "${module.data.raw_table_name}",
    "PROCESSED_TABLE_NAME": "${module.data.processed_table_name}",
    "QUEUE_URL": "${module.queueing.ingestion_queue_url}",
    "DEAD_LETTER_QUEUE_URL": "${module.queueing.dead_letter_queue_url}",
    "ALERT_TOPIC_ARN": "${module.queueing.alert_topic_arn}",
    "CONFIG_PARAMETER": "${module.data.config_parameter_name}",
    "API_KEY_PARAMETER": "${module.data.api_key_parameter_name}",
    "RAW_TTL_DAYS": 11,
    "PROCESSED_TTL_DAYS": 22,
    "MAXIMUM_CLOCK_SKEW_SECONDS": 33,
    "OLDEST_TIMESTAMP": "2000-01-01",
}
"""What the functions read, and where it comes from."""
_OF_THE_SAME_FUNCTION: Final = {"function_name", "invoke_arn"}
"""Outputs of the module `function`, which become inputs `<function>_<output>`."""
_OTHER_NAMES: Final = {
    ("failure_queue_arn", "async_dead_letter_queue_arn"),
    ("event_source_queue_arn", "ingestion_queue_arn"),
}
"""Inputs of the module `function`, which knows nothing of the pipeline, and the outputs that they are."""


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    """The files of an environment that uses everything, parsed."""
    settings = EnvironmentSettings(
        environment="dev",
        data=Data(raw_ttl_days=11, processed_ttl_days=22),
        api=Api(require_api_key=True, maximum_clock_skew_seconds=33),
    )
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
        (name.removesuffix("_name") if found[2] == "function_name" else name, found[1], found[2])
        for call in files["envs/dev/main.tf.json"]["module"].values()
        for name, text in leaves({key: value for key, value in call.items() if key != "environment_variables"})
        if (found := _FROM_MODULE.fullmatch(text)) and (name, found[2]) not in _OTHER_NAMES
    ]

    unlike = [(name, source, output) for name, source, output in handed if name != expected_input(source, output)]
    assert unlike == []
    assert len(handed) > len(MODULES)


def expected_input(module: str, output: str) -> str:
    """The name of the input that an output becomes."""
    if output == "function_name":
        return f"{module}_function"
    return f"{module}_{output}" if output in _OF_THE_SAME_FUNCTION else output


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
    found = {name: _FROM_MODULE.fullmatch(value) for name, value in values.items()}
    sources = {name: expected_input(each[1], each[2]) for name, each in found.items() if each}

    assert sources.keys() == values.keys()
    assert len(set(sources.values())) == len(sources)
    unlike = {name: source for name, source in sources.items() if not words(source) <= words(name)}
    assert unlike == {"ApiEndpoint": "invoke_url"}


def test_a_function_reads_what_its_variables_name(files: dict[str, Any]) -> None:
    calls = files["envs/dev/main.tf.json"]["module"]
    found = {
        (function, name): value
        for function in FUNCTIONS
        for name, value in calls[function]["environment_variables"].items()
        if name in _VARIABLES
    }

    assert found == {(function, name): _VARIABLES[name] for function, name in found}
    assert {name for _, name in found} == _VARIABLES.keys()
