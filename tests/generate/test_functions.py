"""The functions: their specifications, the module that makes each, and how an environment calls it."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from generate import functions
from generate.builders import api
from generate.errors import SpecificationError
from generate.functions import specifications
from generate.functions.specification import FunctionSpecification, Route
from generate.naming import FUNCTIONS, resource_name, role_name
from generate.project import generate_project
from tests.generate.conftest import Resources
from tests.generate.golden import variant_texts

OWN = """
from generate.functions.ingestion import SPECIFICATION as INGESTION
from generate.functions.specification import FunctionSpecification, Route

BODY = Route("PUT", "/own", {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/Own"}}}}})
SPECIFICATION = FunctionSpecification(
    name="own", resource_name="own-{}", description="", routes=[], updated_after=()
)
"""
SUFFIX = "${var.environment_suffix}"


def actions(call: dict[str, Any], service: str) -> set[str]:
    every = {action for statement in call["policy_statements"] for action in statement["actions"]}
    return {action for action in every if action.startswith(f"{service}:")}


class TestSpecifications:
    def test_each_module_is_a_function(self) -> None:
        names = [each.name for each in specifications()]

        assert names == sorted(names) == [*FUNCTIONS]
        assert {"ingestion", "processor", "query"} <= set(names)

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("", "it must define SPECIFICATION, a FunctionSpecification"),
            ("SPECIFICATION = 1", "it must define SPECIFICATION, a FunctionSpecification"),
            (OWN, "handlers/own.py is missing; it must define lambda_handler"),
            (OWN.replace('"own"', '"other"'), "SPECIFICATION.name is 'other'; it must be 'own'"),
            (OWN.replace("()", "('absent',)"), "updated_after names 'absent', which is no function"),
            (OWN.replace("[]", "INGESTION.routes"), "POST /ingest is served by ingestion, too"),
            (OWN.replace("[]", "[BODY]"), "PUT /own: there is no schema 'Own'; add it to schemas"),
        ],
    )
    def test_a_missing_part_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, problem: str
    ) -> None:
        (tmp_path / "own.py").write_text(text)
        monkeypatch.setattr(functions, "__path__", [str(tmp_path), *functions.__path__])
        monkeypatch.delitem(sys.modules, "generate.functions.own", raising=False)

        with pytest.raises(SpecificationError) as caught:
            generate_project(None, [])
        assert f"generate/functions/own.py: {problem}" in caught.value.problems
        monkeypatch.delitem(sys.modules, "generate.functions.own")


class TestCalls:
    @pytest.mark.parametrize(
        ("name", "memory", "timeout"), [("ingestion", 256, 29), ("processor", 512, 60), ("query", 256, 29)]
    )
    def test_size_runtime_and_concurrency(self, dev: dict[str, Any], name: str, memory: int, timeout: int) -> None:
        call = dev[name]

        assert call["source"] == "../../modules/function"
        assert call["function_name"] == resource_name(name, "dev")
        assert call["role_name"] == role_name(name, "dev")
        assert call["handler"] == f"handlers.{name}.lambda_handler"
        assert call["runtime"] == "python3.11"
        assert (call["memory_megabytes"], call["timeout_seconds"]) == (memory, timeout)
        assert call["reserved_concurrency"] == 100
        assert call["failure_queue_arn"] == "${module.queueing.async_dead_letter_queue_arn}"

    def test_new_messages_never_meet_an_old_processor(self, dev: dict[str, Any]) -> None:
        after = {name: dev[name]["update_after"] for name in FUNCTIONS}

        assert after["ingestion"] == ["${module.processor.function_arn}"]
        assert (after["processor"], after["query"]) == ([], [])

    def test_the_queue_feeds_the_processor(self, dev: dict[str, Any]) -> None:
        assert dev["processor"]["event_source"] == {
            "queue_arn": "${module.queueing.ingestion_queue_arn}",
            "batch_size": 100,
            "batching_window_seconds": 1,
            "maximum_concurrency": 90,
        }
        assert not {"event_source"} & (dev["ingestion"].keys() | dev["query"].keys())

    def test_one_layer_serves_all_functions(self, resources: dict[str, Resources], dev: dict[str, Any]) -> None:
        layer = resources["layer"]["aws_lambda_layer_version"]["this"]

        assert layer["layer_name"] == resource_name("layer", SUFFIX)
        assert layer["compatible_runtimes"] == ["${var.runtime}"]
        assert {name: dev[name]["layer_arns"] for name in FUNCTIONS} == {
            name: ["${module.layer.layer_arn}"] for name in FUNCTIONS
        }

    def test_the_query_function_only_reads(self, dev: dict[str, Any]) -> None:
        assert actions(dev["query"], "dynamodb") == {"dynamodb:Query"}

    def test_the_api_key_is_read_only_where_it_is_required(self, dev: dict[str, Any]) -> None:
        requires = json.loads(variant_texts("all-features")["envs/all-features/main.tf.json"])["module"]["ingestion"]
        sids = {each["sid"] for each in requires["policy_statements"]} - {
            each["sid"] for each in dev["ingestion"]["policy_statements"]
        }

        assert sids == {"ReadApiKey"}
        assert (dev["ingestion"]["decrypts_through"], requires["decrypts_through"]) == ([], ["ssm"])
        assert "API_KEY_PARAMETER" not in dev["ingestion"]["environment_variables"]


class TestModule:
    def test_log_group_and_policy_are_made_first(self, resources: dict[str, Resources]) -> None:
        function = resources["function"]["aws_lambda_function"]["this"]

        assert function["logging_config"]["log_group"] == "${aws_cloudwatch_log_group.this.name}"
        assert function["depends_on"] == ["aws_iam_role_policy.this", "var.update_after"]
        assert function["role"] == "${aws_iam_role.this.arn}"
        assert resources["function"]["aws_iam_role_policy"]["this"]["role"] == "${aws_iam_role.this.id}"
        assert "aws_iam_role_policy_attachment" not in resources["function"]

    def test_the_mapping_reports_the_messages_that_failed(self, resources: dict[str, Resources]) -> None:
        mapping = resources["function"]["aws_lambda_event_source_mapping"]["queue"]

        assert mapping["function_response_types"] == ["ReportBatchItemFailures"]
        assert mapping["depends_on"] == ["aws_iam_role_policy.this"]


class TestPaths:
    def test_methods_share_the_resources_of_their_paths(self, monkeypatch: pytest.MonkeyPatch) -> None:
        routes = (
            Route("GET", "/devices", {}),
            Route(
                "GET", "/devices/{device_id}", {"parameters": [{"name": "device_id", "in": "path", "required": True}]}
            ),
            Route("DELETE", "/devices/{device_id}", {}),
        )
        fleet = FunctionSpecification(name="fleet", resource_name="fleet-{}", description="", routes=routes)
        monkeypatch.setattr(api, "served_by_api", lambda: [fleet])

        built = api.build().files()["main.tf.json"]["resource"]

        assert built["aws_api_gateway_resource"] == {
            "devices": {
                "rest_api_id": "${aws_api_gateway_rest_api.this.id}",
                "parent_id": "${aws_api_gateway_rest_api.this.root_resource_id}",
                "path_part": "devices",
            },
            "devices_device_id": {
                "rest_api_id": "${aws_api_gateway_rest_api.this.id}",
                "parent_id": "${aws_api_gateway_resource.devices.id}",
                "path_part": "{device_id}",
            },
        }
        methods = built["aws_api_gateway_method"]
        assert list(methods) == ["get_devices", "get_devices_device_id", "delete_devices_device_id"]
        assert methods["get_devices_device_id"]["request_parameters"] == {"method.request.path.device_id": True}
        sources = [each["source_arn"].partition("/")[2] for each in built["aws_lambda_permission"].values()]
        stage = "${aws_api_gateway_stage.this.stage_name}"
        assert sources == [f"{stage}/GET/devices", f"{stage}/GET/devices/*", f"{stage}/DELETE/devices/*"]
