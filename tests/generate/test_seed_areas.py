"""The areas that the project's first design named for its unit tests, one class each; functions: test_functions.py."""

import json
import re
from typing import Any

import pytest

from generate.naming import FUNCTIONS, NAMES, log_group_name, resource_name, role_name
from generate.project import MODULES, generate_project
from generate.settings import AccountSettings, EnvironmentSettings
from tests.generate.conftest import Resources
from tests.generate.golden import GOLDEN, variant_texts

SUFFIX = "${var.environment_suffix}"
DEPLOYED = {
    "key_alias": "alias/iot-pipeline-{}",
    "raw_table": "raw-sensor-data-{}",
    "processed_table": "processed-data-{}",
    "ingestion_queue": "iot-ingestion-queue-{}",
    "dead_letter_queue": "iot-dlq-{}",
    "async_dead_letter_queue": "iot-async-dlq-{}",
    "alert_topic": "iot-alerts-{}",
    "ingestion": "data-ingestion-{}",
    "processor": "data-processor-{}",
    "query": "data-query-{}",
    "layer": "iot-shared-dependencies-{}",
    "api": "iot-api-{}",
    "api_key_parameter": "/iot-pipeline/{}/api-key",
    "config_parameter": "/iot-pipeline/{}/config",
}
"""What deployed resources are called, the suffix left open."""


def statements(documents: dict[str, Any], module: str, name: str) -> dict[str, Any]:
    found = documents[f"modules/{module}/main.tf.json"]["data"]["aws_iam_policy_document"][name]["statement"]
    return {statement["sid"]: statement for statement in found}


class TestInstantiation:
    def test_with_no_settings(self) -> None:
        texts = generate_project(AccountSettings(), [EnvironmentSettings(environment="dev")])

        assert "envs/dev/main.tf.json" in texts
        assert {path.split("/")[1] for path in texts if path.startswith("modules/")} == set(MODULES)

    def test_with_settings(self) -> None:
        call = json.loads(variant_texts("all-features")["envs/all-features/main.tf.json"])["module"]

        assert call["processor"]["memory_megabytes"] == 1024
        assert call["queueing"]["visibility_timeout_seconds"] == 1000
        assert (
            call["ingestion"]["environment_variables"]["API_KEY_PARAMETER"] == "${module.data.api_key_parameter_name}"
        )

    def test_environments_differ_by_their_settings_alone(self) -> None:
        def text(name: str) -> str:
            settings = EnvironmentSettings(environment=name)
            texts = generate_project(None, [settings])
            return "".join(texts[path] for path in sorted(texts)).replace(name, "NAME")

        assert text("stage-a") == text("stage-b")


class TestTables:
    @pytest.mark.parametrize(
        ("table", "sort_key", "kind"), [("raw", "timestamp", "N"), ("processed", "event_date", "S")]
    )
    def test_keys_billing_recovery_and_encryption(
        self, resources: dict[str, Resources], table: str, sort_key: str, kind: str
    ) -> None:
        body = resources["data"]["aws_dynamodb_table"][table]

        assert body["billing_mode"] == "PAY_PER_REQUEST"
        assert (body["hash_key"], body["range_key"]) == ("device_id", sort_key)
        assert {"name": sort_key, "type": kind} in body["attribute"]
        assert body["point_in_time_recovery"] == {"enabled": True}
        assert body["server_side_encryption"] == {"enabled": True, "kms_key_arn": "${aws_kms_key.this.arn}"}
        assert body["deletion_protection_enabled"] == "${var.deletion_protection}"

    def test_the_key_rotates(self, resources: dict[str, Resources]) -> None:
        assert resources["data"]["aws_kms_key"]["this"]["enable_key_rotation"] is True

    def test_only_logs_and_alarms_use_the_key_without_a_role(self, documents: dict[str, Any]) -> None:
        services = {
            identifier
            for statement in statements(documents, "data", "key").values()
            for principal in statement["principals"]
            if principal["type"] == "Service"
            for identifier in principal["identifiers"]
        }

        assert services == {
            "logs.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}",
            "cloudwatch.amazonaws.com",
        }


class TestQueuesAndDeadLetterQueue:
    def test_the_ingestion_queue_redrives_after_three_receives(
        self, resources: dict[str, Resources], dev: dict[str, Any]
    ) -> None:
        policy = resources["queueing"]["aws_sqs_queue"]["ingestion"]["redrive_policy"]

        assert "deadLetterTargetArn = aws_sqs_queue.dead_letter.arn" in policy
        assert "maxReceiveCount = var.maximum_receive_count" in policy
        assert dev["queueing"]["maximum_receive_count"] == 3
        assert dev["queueing"]["visibility_timeout_seconds"] == 361

    def test_dead_letters_are_kept_for_fourteen_days(self, resources: dict[str, Resources]) -> None:
        queues = resources["queueing"]["aws_sqs_queue"]

        assert queues["dead_letter"]["message_retention_seconds"] == 14 * 24 * 3600
        assert resource_name("ingestion_queue", SUFFIX) in queues["dead_letter"]["redrive_allow_policy"]
        assert "denyAll" in queues["async_dead_letter"]["redrive_allow_policy"]

    @pytest.mark.parametrize("queue", ["ingestion", "dead_letter", "async_dead_letter"])
    def test_queues_are_encrypted_and_refuse_plain_http(
        self, resources: dict[str, Resources], documents: dict[str, Any], queue: str
    ) -> None:
        assert resources["queueing"]["aws_sqs_queue"][queue]["kms_master_key_id"] == "${var.key_arn}"
        deny = statements(documents, "queueing", f"{queue}_queue")["DenyWithoutTls"]
        assert deny["effect"] == "Deny"
        assert deny["condition"] == [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}]


class TestTopic:
    def test_name_display_name_and_encryption(self, resources: dict[str, Resources]) -> None:
        topic = resources["queueing"]["aws_sns_topic"]["alerts"]

        assert topic["name"] == resource_name("alert_topic", SUFFIX)
        assert topic["display_name"] == "IoT Processing Alerts"
        assert topic["kms_master_key_id"] == "${var.key_arn}"

    def test_subscriptions_come_from_the_settings(self) -> None:
        call = json.loads(variant_texts("subscriptions")["envs/subscriptions/main.tf.json"])["module"]

        assert [s["protocol"] for s in call["queueing"]["subscriptions"]] == ["email", "https"]


class TestEndpointsAndMethods:
    @pytest.mark.parametrize(
        ("path", "verb", "function"),
        [("ingest", "POST", "ingestion"), ("process", "POST", "processor"), ("query", "GET", "query")],
    )
    def test_each_method_is_signed_and_reaches_its_function(
        self, resources: dict[str, Resources], path: str, verb: str, function: str
    ) -> None:
        api = resources["api"]

        assert api["aws_api_gateway_resource"][path]["path_part"] == path
        method = f"{verb.lower()}_{path}"
        assert api["aws_api_gateway_method"][method]["http_method"] == verb
        assert api["aws_api_gateway_method"][method]["authorization"] == "AWS_IAM"
        assert api["aws_api_gateway_integration"][method]["type"] == "AWS_PROXY"
        assert api["aws_api_gateway_integration"][method]["uri"] == f"${{var.{function}_invoke_arn}}"
        assert api["aws_lambda_permission"][method]["source_arn"].endswith(f"/{verb}/{path}")
        assert api["aws_lambda_permission"][method]["function_name"] == f"${{var.{function}_function_name}}"

    def test_the_deployment_follows_the_api_and_nothing_else(self, resources: dict[str, Resources]) -> None:
        deployment = resources["api"]["aws_api_gateway_deployment"]["this"]

        assert re.fullmatch("[0-9a-f]{64}", deployment["triggers"]["definition"])
        assert "aws_api_gateway_integration.post_ingest" in deployment["depends_on"]
        assert "aws_api_gateway_gateway_response.throttled" in deployment["depends_on"]

    def test_what_the_api_refuses_itself_is_a_problem_document(self, resources: dict[str, Resources]) -> None:
        for response in resources["api"]["aws_api_gateway_gateway_response"].values():
            template = response["response_templates"]["application/json"]
            body = json.loads(template.replace("$context.error.messageString", '"why"'))
            assert str(body.get("status")) == response.get("status_code", "None")
            content_type = response["response_parameters"]["gatewayresponse.header.Content-Type"]
            assert content_type == "'application/problem+json'"

    def test_a_body_that_the_api_refuses_is_explained_as_far_as_it_knows(self, resources: dict[str, Resources]) -> None:
        """What it found comes escaped for a JSON string, and without quotes around it."""
        response = resources["api"]["aws_api_gateway_gateway_response"]["bad_request_body"]
        found = '[instance type (array) does not match any allowed primitive type (allowed: ["object"])]'

        template = response["response_templates"]["application/json"]
        body = json.loads(template.replace("$context.error.validationErrorString", json.dumps(found)[1:-1]))

        assert body["errors"] == [{"pointer": "#", "detail": found}]
        assert "one JSON object" in body["detail"]

    def test_the_api_decompresses_bodies_of_any_size(self, resources: dict[str, Resources]) -> None:
        """Below a minimum, API Gateway neither compresses nor decompresses."""
        assert resources["api"]["aws_api_gateway_rest_api"]["this"]["minimum_compression_size"] == "0"


class TestLogGroupsAndAlarms:
    def test_each_function_has_its_log_group_with_retention(
        self, resources: dict[str, Resources], dev: dict[str, Any]
    ) -> None:
        group = resources["function"]["aws_cloudwatch_log_group"]["this"]

        assert group["name"] == "/aws/lambda/${var.function_name}"
        assert group["retention_in_days"] == "${var.log_retention_days}"
        assert {name: dev[name]["log_retention_days"] for name in FUNCTIONS} == dict.fromkeys(FUNCTIONS, 30)
        assert dev["data"]["log_group_names"] == [log_group_name(name, "dev") for name in FUNCTIONS]

    def test_the_eight_alarms_of_the_first_design_and_those_it_missed(self, resources: dict[str, Resources]) -> None:
        alarms = resources["monitoring"]["aws_cloudwatch_metric_alarm"]

        wanted = {f"{function}_{what}" for function in FUNCTIONS for what in ("errors", "throttles", "duration")}
        wanted |= {f"{table}_{what}_throttles" for table in ("raw", "processed") for what in ("read", "write")}
        wanted |= {"dead_letter_queue_messages", "ingestion_queue_age", "api_server_errors", "api_latency"}
        assert wanted <= set(alarms)

    def test_every_alarm_notifies_the_topic_and_names_a_section(self, resources: dict[str, Resources]) -> None:
        for alarm in resources["monitoring"]["aws_cloudwatch_metric_alarm"].values():
            assert alarm["alarm_actions"] == alarm["ok_actions"] == ["${var.alert_topic_arn}"]
            assert re.search(r"Runbook: \$\{local\.runbook\}#[a-z0-9-]+$", alarm["alarm_description"])
            assert alarm["treat_missing_data"] == "notBreaching"
            assert alarm["datapoints_to_alarm"] <= alarm["evaluation_periods"]


class TestParameters:
    def test_the_api_key_is_written_and_never_kept(
        self, resources: dict[str, Resources], documents: dict[str, Any]
    ) -> None:
        parameter = resources["data"]["aws_ssm_parameter"]["api_key"]

        assert parameter["type"] == "SecureString"
        assert parameter["value_wo"] == "${var.api_key}"
        assert parameter["lifecycle"] == {"ignore_changes": ["description", "key_id", "type"]}
        assert "value" not in parameter
        for path in ("modules/data/variables.tf.json", "envs/dev/variables.tf.json"):
            variable = documents[path]["variable"]["api_key"]
            assert variable["ephemeral"] is variable["sensitive"] is True
            assert "default" not in variable

    def test_the_configuration_is_json(self, resources: dict[str, Resources], dev: dict[str, Any]) -> None:
        assert resources["data"]["aws_ssm_parameter"]["config"]["value"] == "${jsonencode(var.config)}"
        assert dev["data"]["config"] == {"batch_size": 100, "processing_timeout": 60, "rules": {}}


class TestNames:
    def test_no_name_has_changed(self) -> None:
        changed = {name: NAMES.get(name) for name in DEPLOYED if NAMES.get(name) != DEPLOYED[name]}

        assert changed == {}, (
            "under another name AWS replaces what is deployed, tables and queues with all that they hold; if that is "
            "meant, or nothing is deployed, give the names in DEPLOYED (tests/generate/test_seed_areas.py), too"
        )


class TestThrottling:
    def test_a_thousand_requests_a_second(self, resources: dict[str, Resources], dev: dict[str, Any]) -> None:
        settings = resources["api"]["aws_api_gateway_method_settings"]["all"]

        assert settings["method_path"] == "*/*"
        assert settings["settings"]["throttling_rate_limit"] == "${var.throttling_rate_limit}"
        assert settings["settings"]["throttling_burst_limit"] == "${var.throttling_burst_limit}"
        assert (dev["api"]["throttling_rate_limit"], dev["api"]["throttling_burst_limit"]) == (1000, 1000)


class TestSuffixPropagation:
    def test_every_module_gets_the_suffix(self, dev: dict[str, Any]) -> None:
        named = {name: call["environment_suffix"] for name, call in dev.items() if name not in FUNCTIONS}

        assert set(named.values()) == {"dev"}
        assert all(dev[name]["function_name"].endswith("-dev") for name in FUNCTIONS)

    def test_every_name_ends_with_it_or_holds_it(self, resources: dict[str, Resources]) -> None:
        keys = {"name", "function_name", "layer_name", "alarm_name", "dashboard_name"}
        inside = {"aws_api_gateway_model", "aws_api_gateway_request_validator", "aws_iam_role_policy"}
        for module in resources.values():
            for kind, blocks in module.items():
                for name, body in blocks.items():
                    for key in keys & set(body) if kind not in inside else ():
                        value = body[key]
                        references = ("${aws_", "${var.", "${coalesce(var.", "/aws/lambda/${var.")
                        own = "${var.environment_suffix}" in value or value.startswith(references)
                        assert own, f"{kind}.{name}.{key}"

    def test_every_name_fits_with_the_longest_suffix(self) -> None:
        suffix = "a" * 16
        longest = {"role": 64, "function": 64, "queue": 80, "table": 255, "log group": 512}

        assert all(len(role_name(name, suffix)) <= longest["role"] for name in FUNCTIONS)
        assert all(len(resource_name(key, suffix)) <= longest["function"] for key in NAMES)
        assert all(len(log_group_name(name, suffix)) <= longest["log group"] for name in FUNCTIONS)


class TestTracing:
    def test_functions_and_stage_trace(self, resources: dict[str, Resources]) -> None:
        assert resources["function"]["aws_lambda_function"]["this"]["tracing_config"] == {"mode": "Active"}
        assert resources["api"]["aws_api_gateway_stage"]["this"]["xray_tracing_enabled"] is True


class TestOutputs:
    def test_the_outputs_of_the_first_design_and_what_operating_needs(self, documents: dict[str, Any]) -> None:
        outputs = documents["envs/dev/outputs.tf.json"]["output"]

        assert {
            "ApiEndpoint",
            "RawSensorTableName",
            "ProcessedDataTableName",
            "IngestionQueueUrl",
            "AlertTopicArn",
            "DeadLetterQueueUrl",
            "DashboardUrl",
        } <= set(outputs)
        assert all(output["description"] for output in outputs.values())


class TestState:
    def test_it_is_encrypted_and_locked(self, documents: dict[str, Any]) -> None:
        backend = documents["envs/dev/versions.tf.json"]["terraform"]["backend"]["s3"]

        assert backend["key"] == "dev/iot-pipeline.tfstate"
        assert backend["encrypt"] is backend["use_lockfile"] is True

    def test_the_settings_name_the_bucket(self) -> None:
        versions = variant_texts("all-features")["envs/all-features/versions.tf.json"]

        backend = json.loads(versions)["terraform"]["backend"]["s3"]
        assert (backend["bucket"], backend["region"]) == ("example-terraform-state", "eu-west-1")
        assert (GOLDEN / "variants" / "envs" / "all-features" / "versions.tf.json").read_text() == versions
