"""The module `api`: the REST API, its methods, validation, deployment, stage, logs and permissions."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from generate.builders.api_problems import gateway_responses
from generate.builders.common import arn_variable, new_module
from generate.builders.setting_variables import setting_variable
from generate.functions import served_by_api
from generate.functions.specification import Route
from generate.naming import resource_name
from generate.openapi.gateway import gateway_model
from generate.render import canonical
from generate.settings import Api, Functions
from generate.terraform import Document, Expression

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
    invoke_arns = _routes(document, api)
    gateway_responses(document, api)
    deployment = _deployment(document, api, invoke_arns)
    stage = _stage(document, suffix, api, deployment)
    _permissions(document, api, stage)
    _moved(document)
    document.output("api_id", api.id, "Id of the REST API.")
    document.output("api_name", api.name, "Name of the REST API, as its metrics carry it.")
    document.output("execution_arn", api.execution_arn, "ARN prefix for execute-api:Invoke.")
    document.output("stage_name", stage.stage_name, "Name of the stage.")
    document.output("invoke_url", stage.invoke_url, "Where the API answers.")
    return document


def _validators(document: Document, api: Expression) -> dict[bool, Expression]:
    """The request validators: of bodies (True) and of parameters alone."""
    kinds = (("body", {"validate_request_body": True}), ("parameters", {"validate_request_parameters": True}))
    return {
        name == "body": document.resource(
            "aws_api_gateway_request_validator", name, rest_api_id=api.id, name=name, **what
        )
        for name, what in kinds
    }


def _routes(document: Document, api: Expression) -> dict[str, Expression]:
    """Every method with its integration; returns the functions' invoke ARNs by name."""
    validators, models, resources = _validators(document, api), _models(document, api), _Resources(document, api)
    invoke_arns: dict[str, Expression] = {}
    for function in served_by_api():
        invoke_arns[function.name] = arn_variable(
            document,
            f"{function.name}_invoke_arn",
            f"Invoke ARN of the function {function.name}.",
            f"${{module.{function.name}.invoke_arn}}",
        )
        for route in function.routes:
            validator = validators[route.request_schema is not None].id
            request = {"request_validator_id": validator, **_request(route, models)}
            method = _method(document, api, route, resources.of(route.segments), request)
            _integration(document, api, route, method, invoke_arns[function.name])
    return invoke_arns


@dataclass
class _Resources:
    """The API's resources: one for each part of a path."""

    document: Document
    api: Expression
    _made: dict[tuple[str, ...], Expression] = field(default_factory=dict)

    def of(self, segments: tuple[str, ...]) -> Expression:
        """The resource of a path, made with those above it where they do not exist yet."""
        if segments not in self._made:
            above = self.of(segments[:-1]).id if segments[1:] else self.api.root_resource_id
            self._made[segments] = self.document.resource(
                "aws_api_gateway_resource",
                _name(segments),
                rest_api_id=self.api.id,
                parent_id=above,
                path_part=segments[-1],
            )
        return self._made[segments]


def _method_name(route: Route) -> str:
    return f"{route.method.lower()}_{_name(route.segments)}"


def _name(segments: tuple[str, ...]) -> str:
    return "_".join(segment.strip("{}") for segment in segments)


def _method(
    document: Document, api: Expression, route: Route, resource: Expression, request: dict[str, Any]
) -> Expression:
    return document.resource(
        "aws_api_gateway_method",
        _method_name(route),
        rest_api_id=api.id,
        resource_id=resource.id,
        http_method=route.method,
        authorization="AWS_IAM",
        **request,
    )


def _integration(document: Document, api: Expression, route: Route, method: Expression, invoke_arn: Expression) -> None:
    document.resource(
        "aws_api_gateway_integration",
        _method_name(route),
        rest_api_id=api.id,
        resource_id=method.resource_id,
        http_method=method.http_method,
        type="AWS_PROXY",
        integration_http_method="POST",
        uri=invoke_arn,
        timeout_milliseconds=29000,
    )


def _request(route: Route, models: dict[str, Expression]) -> dict[str, Any]:
    """What API Gateway checks: required parameters, and that there is a body of the right shape."""
    parameters = dict.fromkeys(route.required_parameters(), True)
    checked: dict[str, Any] = {"request_parameters": parameters} if parameters else {}
    if route.request_schema is None:
        return checked
    return {**checked, "request_models": {"application/json": models[route.request_schema].name}}


def _models(document: Document, api: Expression) -> dict[str, Expression]:
    """A model for each schema of a request, by the schema's name."""
    schemas = {route.request_schema for each in served_by_api() for route in each.routes if route.request_schema}
    return {
        schema: document.resource(
            "aws_api_gateway_model",
            schema,
            rest_api_id=api.id,
            name=schema,
            description="The shape of the body; the function checks the rest and names every fault "
            "(docs/openapi.json).",
            content_type="application/json",
            schema=json.dumps(gateway_model(schema)),
        )
        for schema in sorted(schemas)
    }


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
    key_arn = arn_variable(document, "key_arn", "ARN of the KMS key that encrypts the logs.", "${module.data.key_arn}")
    retention = setting_variable(document, Functions, "log_retention_days")
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
    rate = setting_variable(document, Api, "throttling_rate_limit")
    burst = setting_variable(document, Api, "throttling_burst_limit")
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
    for function in served_by_api():
        name = document.variable(
            f"{function.name}_function_name",
            "string",
            f"Name of the function {function.name}.",
            nullable=False,
            example=f"${{module.{function.name}.function_name}}",
        )
        for route in function.routes:
            own = _method_name(route)
            document.resource(
                "aws_lambda_permission",
                own,
                statement_id=f"AllowApiGateway-{own}",
                action="lambda:InvokeFunction",
                function_name=name,
                principal="apigateway.amazonaws.com",
                source_arn=f"{api.execution_arn}/{stage.stage_name}/{route.method}/{_any(route.segments)}",
                lifecycle={"create_before_destroy": True},
            )


def _any(segments: tuple[str, ...]) -> str:
    """A path in which a parameter is any value."""
    return "/".join("*" if segment.startswith("{") else segment for segment in segments)


def _moved(document: Document) -> None:
    """The addresses of version 0.1: a method had the name of its path, a permission that of its function."""
    for path, function, method, model in (
        ("ingest", "ingestion", "post_ingest", "IngestRequest"),
        ("process", "processor", "post_process", "ProcessRequest"),
        ("query", "query", "get_query", None),
    ):
        for kind in ("method", "integration"):
            document.moved(f"aws_api_gateway_{kind}.{path}", f"aws_api_gateway_{kind}.{method}")
        document.moved(f"aws_lambda_permission.{function}", f"aws_lambda_permission.{method}")
        if model:
            document.moved(f"aws_api_gateway_model.{path}", f"aws_api_gateway_model.{model}")
