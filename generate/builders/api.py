"""The module `api`: the REST API, its methods, validation, deployment, stage, logs and permissions."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from generate.builders.api_problems import gateway_responses
from generate.builders.common import arn_variable, new_module, number_variable, retention_variable
from generate.naming import resource_name
from generate.openapi.gateway import gateway_model
from generate.render import canonical
from generate.terraform import Document, Expression


@dataclass(frozen=True)
class _Route:
    """One method of the API and the function behind it."""

    path: str
    verb: str
    function: str
    model: str | None = None


_ROUTES = (
    _Route("ingest", "POST", "ingestion", "IngestRequest"),
    _Route("process", "POST", "processor", "ProcessRequest"),
    _Route("query", "GET", "query"),
)
_API_BLOCKS = frozenset(
    f"aws_api_gateway_{kind}"
    for kind in ("rest_api", "resource", "model", "request_validator", "method", "integration", "gateway_response")
)
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "extendedRequestId": "$context.extendedRequestId",
    "requestTime": "$context.requestTime",
    "caller": "$context.identity.userArn",
    "sourceIp": "$context.identity.sourceIp",
    "httpMethod": "$context.httpMethod",
    "resourcePath": "$context.resourcePath",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "responseLatency": "$context.responseLatency",
    "integrationLatency": "$context.integrationLatency",
    "integrationStatus": "$context.integrationStatus",
    "errorType": "$context.error.responseType",
    "xrayTraceId": "$context.xrayTraceId",
}


def build() -> Document:
    """Build the module."""
    document, suffix = new_module("api")
    api = document.resource(
        "aws_api_gateway_rest_api",
        "this",
        name=resource_name("api", suffix),
        description="Ingests, reprocesses and queries sensor readings.",
        endpoint_configuration={"types": ["REGIONAL"]},
        minimum_compression_size="0",
        lifecycle={"create_before_destroy": True},
    )
    validators = _validators(document, api)
    invoke_arns = {route.function: _route(document, api, route, validators) for route in _ROUTES}
    gateway_responses(document, api)
    deployment = _deployment(document, api, invoke_arns)
    stage = _stage(document, suffix, api, deployment)
    _permissions(document, api, stage)
    document.output("api_id", api.id, "Id of the REST API.")
    document.output("api_name", api.name, "Name of the REST API, as its metrics carry it.")
    document.output("execution_arn", api.execution_arn, "ARN prefix for execute-api:Invoke.")
    document.output("stage_name", stage.stage_name, "Name of the stage.")
    document.output("invoke_url", stage.invoke_url, "Where the API answers.")
    return document


def _validators(document: Document, api: Expression) -> dict[str, Expression]:
    return {
        verb: document.resource(
            "aws_api_gateway_request_validator", name, rest_api_id=api.id, name=name, **{what: True}
        )
        for verb, name, what in (
            ("POST", "body", "validate_request_body"),
            ("GET", "parameters", "validate_request_parameters"),
        )
    }


def _route(document: Document, api: Expression, route: _Route, validators: dict[str, Expression]) -> Expression:
    """A resource with its method and its integration; returns the variable with the function's invoke ARN."""
    invoke_arn = arn_variable(document, f"{route.function}_invoke_arn", f"Invoke ARN of the function {route.function}.")
    resource = document.resource(
        "aws_api_gateway_resource", route.path, rest_api_id=api.id, parent_id=api.root_resource_id, path_part=route.path
    )
    method = document.resource(
        "aws_api_gateway_method",
        route.path,
        rest_api_id=api.id,
        resource_id=resource.id,
        http_method=route.verb,
        authorization="AWS_IAM",
        request_validator_id=validators[route.verb].id,
        **_request(document, api, route),
    )
    document.resource(
        "aws_api_gateway_integration",
        route.path,
        rest_api_id=api.id,
        resource_id=resource.id,
        http_method=method.http_method,
        type="AWS_PROXY",
        integration_http_method="POST",
        uri=invoke_arn,
        timeout_milliseconds=29000,
    )
    return invoke_arn


def _request(document: Document, api: Expression, route: _Route) -> dict[str, Any]:
    """What the gateway checks: that there is a body of the right shape, or the parameter without which all is idle."""
    if route.model is None:
        return {"request_parameters": {"method.request.querystring.device_id": True}}
    model = document.resource(
        "aws_api_gateway_model",
        route.path,
        rest_api_id=api.id,
        name=route.model,
        description="The shape of the body; the function judges the rest and names every fault (docs/openapi.json).",
        content_type="application/json",
        schema=json.dumps(gateway_model(route.model)),
    )
    return {"request_models": {"application/json": model.name}}


def _deployment(document: Document, api: Expression, invoke_arns: dict[str, Expression]) -> Expression:
    """A snapshot of the API, taken anew when its own part of this file changes, and only then.

    Terraform's usual `sha1(jsonencode([...resources]))` changes on the plan after the first apply, since computed
    attributes turn from null into values; the text below does not.
    """
    addresses = [a for a in document.resource_addresses() if a.split(".")[0] in _API_BLOCKS]
    text = canonical({address: document.block(address) for address in addresses})
    after = ("aws_api_gateway_integration.", "aws_api_gateway_gateway_response.")
    return document.resource(
        "aws_api_gateway_deployment",
        "this",
        rest_api_id=api.id,
        triggers={"definition": hashlib.sha256(text.encode()).hexdigest(), **invoke_arns},
        lifecycle={"create_before_destroy": True},
        depends_on=[address for address in addresses if address.startswith(after)],
    )


def _stage(document: Document, suffix: Expression, api: Expression, deployment: Expression) -> Expression:
    key_arn = arn_variable(document, "key_arn", "ARN of the KMS key that encrypts the logs.")
    retention = retention_variable(document)
    logs: dict[str, Any] = {"retention_in_days": retention, "kms_key_id": key_arn}
    access = document.resource(
        "aws_cloudwatch_log_group", "access", name=f"/aws/apigateway/{resource_name('api', suffix)}", **logs
    )
    execution = document.resource(
        "aws_cloudwatch_log_group", "execution", name=f"API-Gateway-Execution-Logs_{api.id}/{suffix}", **logs
    )
    stage = document.resource(
        "aws_api_gateway_stage",
        "this",
        rest_api_id=api.id,
        deployment_id=deployment.id,
        stage_name=suffix,
        xray_tracing_enabled=True,
        access_log_settings={"destination_arn": access.arn, "format": json.dumps(_ACCESS_LOG)},
        depends_on=[execution.bare],
    )
    rate = number_variable(document, "throttling_rate_limit", "Requests a second, steady.", 1, 10000, default=1000)
    burst = number_variable(document, "throttling_burst_limit", "Requests at once.", 1, 5000, default=1000)
    document.resource(
        "aws_api_gateway_method_settings",
        "all",
        rest_api_id=api.id,
        stage_name=stage.stage_name,
        method_path="*/*",
        settings={
            "metrics_enabled": True,
            "logging_level": "ERROR",
            "data_trace_enabled": False,
            "throttling_rate_limit": rate,
            "throttling_burst_limit": burst,
        },
    )
    return stage


def _permissions(document: Document, api: Expression, stage: Expression) -> None:
    for route in _ROUTES:
        name = document.variable(
            f"{route.function}_function_name", "string", f"Name of the function {route.function}.", nullable=False
        )
        document.resource(
            "aws_lambda_permission",
            route.function,
            statement_id="AllowApiGateway",
            action="lambda:InvokeFunction",
            function_name=name,
            principal="apigateway.amazonaws.com",
            source_arn=f"{api.execution_arn}/{stage.stage_name}/{route.verb}/{route.path}",
        )
