"""The common stack: 51 resources, the seed's list, declared through whatever a tool offers.

It imports nothing of the project, because it runs in the peers' own environments.
"""

import json
from typing import Any, Protocol

FUNCTIONS = ("ingestion", "processor", "query")
ROUTES = (("ingest", "POST", "ingestion"), ("process", "POST", "processor"), ("query", "GET", "query"))


class Add(Protocol):
    """Adds a resource; what it returns has the resource's attributes as references."""

    def __call__(self, kind: str, name: str, /, **arguments: Any) -> Any:
        """Add one.

        Args:
            kind: Terraform's type without `aws_`.
            name: The name in Terraform.
            **arguments: Terraform's own.
        """
        ...


def declare(add: Add, suffix: str = "dev") -> None:
    """Declare the whole stack."""
    tables = {
        "raw": _table(add, f"raw-sensor-data-{suffix}", "raw", "timestamp", "N"),
        "processed": _table(add, f"processed-data-{suffix}", "processed", "event_date", "S"),
    }
    dead = add("sqs_queue", "dead_letter_queue", name=f"iot-dlq-{suffix}", message_retention_seconds=1209600)
    redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 3})
    queue = add(
        "sqs_queue",
        "ingestion_queue",
        name=f"iot-ingestion-queue-{suffix}",
        visibility_timeout_seconds=361,
        redrive_policy=redrive,
    )
    topic = add("sns_topic", "alerts", name=f"iot-alerts-{suffix}", display_name="IoT Processing Alerts")
    _parameters(add, suffix)
    layer = add(
        "lambda_layer_version",
        "shared",
        layer_name=f"iot-shared-dependencies-{suffix}",
        filename="layer.zip",
        compatible_runtimes=["python3.11"],
    )
    resources = [tables["raw"].arn, tables["processed"].arn, queue.arn, topic.arn]
    variables = {"RAW_TABLE_NAME": f"raw-sensor-data-{suffix}", "QUEUE_URL": queue.url}
    wired: dict[str, Any] = {"layers": [layer.arn], "dead_letter_config": {"target_arn": dead.arn}}
    access = {"Action": ["dynamodb:PutItem", "dynamodb:Query", "sqs:SendMessage", "sns:Publish"], "Resource": resources}
    functions = {
        name: _function(add, name, suffix, access, {**wired, "environment": {"variables": variables}})
        for name in FUNCTIONS
    }
    add(
        "lambda_event_source_mapping",
        "ingestion",
        event_source_arn=queue.arn,
        function_name=functions["processor"].arn,
        batch_size=10,
    )
    _api(add, suffix, functions)
    _alarms(add, suffix, topic)


def _table(add: Add, title: str, name: str, range_key: str, kind: str) -> Any:
    return add(
        "dynamodb_table",
        name,
        name=title,
        billing_mode="PAY_PER_REQUEST",
        hash_key="device_id",
        range_key=range_key,
        attribute=[{"name": "device_id", "type": "S"}, {"name": range_key, "type": kind}],
        point_in_time_recovery={"enabled": True},
    )


def _parameters(add: Add, suffix: str) -> None:
    path = f"/iot-pipeline/{suffix}"
    add("ssm_parameter", "api_key", name=f"{path}/api-key", type="SecureString", value="change-me")
    config = json.dumps({"batch_size": 100, "processing_timeout": 60})
    add("ssm_parameter", "config", name=f"{path}/config", type="String", value=config)


def _policy(effect: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **effect}]})


def _function(add: Add, name: str, suffix: str, access: dict[str, Any], wired: dict[str, Any]) -> Any:
    trust = _policy({"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})
    role = add("iam_role", f"{name}_role", name=f"iot-{name}-lambda-role-{suffix}", assume_role_policy=trust)
    for policy in ("service-role/AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess"):
        label = f"{name}_{policy.rpartition('/')[2]}"
        add("iam_role_policy_attachment", label, role=role.name, policy_arn=f"arn:aws:iam::aws:policy/{policy}")
    add("iam_role_policy", f"{name}_policy", role=role.id, policy=_policy(access))
    title = f"data-{name}-{suffix}"
    add("cloudwatch_log_group", f"{name}_logs", name=f"/aws/lambda/{title}", retention_in_days=30)
    return add(
        "lambda_function",
        name,
        function_name=title,
        runtime="python3.11",
        handler="index.lambda_handler",
        role=role.arn,
        filename=f"{name}.zip",
        reserved_concurrent_executions=100,
        timeout=60,
        memory_size=256,
        tracing_config={"mode": "Active"},
        **wired,
    )


def _api(add: Add, suffix: str, functions: dict[str, Any]) -> None:
    api = add("api_gateway_rest_api", "api", name=f"iot-api-{suffix}")
    for path, verb, function in ROUTES:
        part = add("api_gateway_resource", path, rest_api_id=api.id, parent_id=api.root_resource_id, path_part=path)
        place = {"rest_api_id": api.id, "resource_id": part.id}
        add("api_gateway_method", path, **place, http_method=verb, authorization="AWS_IAM")
        add(
            "api_gateway_integration",
            path,
            **place,
            http_method=verb,
            integration_http_method="POST",
            type="AWS_PROXY",
            uri=functions[function].invoke_arn,
        )
        add(
            "lambda_permission",
            path,
            action="lambda:InvokeFunction",
            function_name=functions[function].function_name,
            principal="apigateway.amazonaws.com",
            source_arn=f"{api.execution_arn}/*/*",
        )
    deployment = add("api_gateway_deployment", "api", rest_api_id=api.id)
    stage = add(
        "api_gateway_stage",
        "api",
        deployment_id=deployment.id,
        rest_api_id=api.id,
        stage_name=suffix,
        xray_tracing_enabled=True,
    )
    limits = {"throttling_rate_limit": 1000, "throttling_burst_limit": 1000}
    place = {"rest_api_id": api.id, "stage_name": stage.stage_name}
    add("api_gateway_method_settings", "api", **place, method_path="*/*", settings=limits)


def _alarms(add: Add, suffix: str, topic: Any) -> None:
    watched = [
        (f"{name}_{metric}", "AWS/Lambda", metric, {"FunctionName": f"data-{name}-{suffix}"}, threshold)
        for name in FUNCTIONS
        for metric, threshold in (("Errors", 10), ("Throttles", 5))
    ]
    watched += [
        (f"{title}_UserErrors", "AWS/DynamoDB", "UserErrors", {"TableName": f"{title}-{suffix}"}, 10)
        for title in ("raw-sensor-data", "processed-data")
    ]
    for label, namespace, metric, dimensions, threshold in watched:
        add(
            "cloudwatch_metric_alarm",
            label,
            alarm_name=f"{label}-{suffix}",
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=1,
            metric_name=metric,
            namespace=namespace,
            period=300,
            statistic="Sum",
            threshold=threshold,
            dimensions=dimensions,
            alarm_actions=[topic.arn],
        )
