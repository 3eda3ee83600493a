"""The published contract: valid, exemplified, in step with the gateway's models, and broken only on purpose."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from generate.openapi.document import VERSION, all_schemas, document
from tests.generate.breaking import breaking_changes
from tests.generate.conftest import Resources

PUBLISHED = Path(__file__).parent.parent / "golden" / "openapi"


def schema_of(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": {"schemas": all_schemas()}})


def contents() -> list[tuple[str, dict[str, Any]]]:
    """Every content of a request or an answer that has examples."""
    operations = [(path, operation) for path, verbs in document()["paths"].items() for operation in verbs.values()]
    parts = [
        (path, part)
        for path, operation in operations
        for part in (operation.get("requestBody", {}), *operation["responses"].values())
    ]
    return [
        (path, content) for path, part in parts for content in part.get("content", {}).values() if "examples" in content
    ]


def test_it_is_openapi() -> None:
    validate(document())


@pytest.mark.parametrize(("path", "content"), contents())
def test_every_example_meets_its_schema(path: str, content: dict[str, Any]) -> None:
    for name, example in content["examples"].items():
        errors = list(schema_of(content["schema"]).iter_errors(example["value"]))
        assert errors == [], (path, name)


def test_every_answer_of_success_has_an_example() -> None:
    for verbs in document()["paths"].values():
        for operation in verbs.values():
            for status, answer in operation["responses"].items():
                assert status >= "4" or answer["content"]["application/json"]["examples"]


def test_the_gateways_models_come_from_it(resources: dict[str, Resources]) -> None:
    for model in resources["api"]["aws_api_gateway_model"].values():
        schema = json.loads(model["schema"])
        assert model["name"] == schema["title"]
        assert model["name"] in all_schemas()
        assert schema["type"] == "object"


def test_the_gateways_methods_are_its_paths(resources: dict[str, Resources]) -> None:
    methods = resources["api"]["aws_api_gateway_method"]
    names = {
        f"{verb}_{re.sub('[{}]', '', path).strip('/').replace('/', '_')}": verb.upper()
        for path, verbs in document()["paths"].items()
        for verb in verbs
    }

    assert {name: method["http_method"] for name, method in methods.items()} == names


def test_a_breaking_change_raises_the_version() -> None:
    major = VERSION.split(".", maxsplit=1)[0]
    published = json.loads((PUBLISHED / f"{major}.json").read_text(encoding="utf-8"))

    assert breaking_changes(published, document()) == []


def test_only_the_present_major_version_is_compared_with() -> None:
    assert max(int(path.stem) for path in PUBLISHED.iterdir()) == int(VERSION.split(".", maxsplit=1)[0])


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("paths", "/query"), None, "/query: is gone"),
        (("paths", "/query", "get"), None, "/query get: is gone"),
        (("paths", "/ingest", "post", "responses", "207"), None, "/ingest post: answers 207 no more"),
        (("components", "schemas", "Accepted", "required"), ["message"], "Accepted: device_id is no more answered"),
        (("components", "schemas", "ProcessRequest", "required"), ["device_id", "start"], "ProcessRequest: start is"),
        (("components", "schemas", "ProcessRequest", "properties", "limit"), None, "ProcessRequest.limit: is gone"),
        (("components", "schemas", "SensorData", "maxProperties"), 10, "SensorData: maxProperties is 10, was 100"),
        (("components", "schemas", "SensorData", "minProperties"), 2, "SensorData: minProperties is 2, was 1"),
        (("components", "schemas", "DeviceId", "pattern"), "^x$", "DeviceId: pattern is"),
        (
            ("components", "schemas", "Accepted", "properties", "timestamp", "type"),
            "string",
            "Accepted.timestamp: type",
        ),
        (("components", "schemas", "Fault"), None, "Fault: is gone"),
    ],
)
def test_what_breaks_a_client_is_found(path: tuple[str, ...], value: Any, expected: str) -> None:
    changed = copy.deepcopy(document())
    *parents, last = path
    parent = changed
    for part in parents:
        parent = parent[part]
    if value is None:
        del parent[last]
    else:
        parent[last] = value

    assert any(change.startswith(expected) for change in breaking_changes(document(), changed))


def test_a_parameter_that_becomes_required_breaks_and_a_new_optional_one_does_not() -> None:
    changed = copy.deepcopy(document())
    parameters = changed["paths"]["/query"]["get"]["parameters"]
    parameters.append({"name": "new", "in": "query", "required": False, "schema": {"type": "string"}})
    assert breaking_changes(document(), changed) == []

    parameters[-1]["required"] = True
    parameters[:] = [parameter for parameter in parameters if parameter["name"] != "limit"]
    assert breaking_changes(document(), changed) == [
        "/query get: parameter limit is gone",
        "/query get: parameter new is asked for",
    ]
