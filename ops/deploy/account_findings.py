"""Examines the account: who calls, API Gateway's logging role, and Lambda's concurrency."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from generate.naming import FUNCTIONS, resource_name
from generate.settings import EnvironmentSettings
from ops.aws.access import Access
from ops.aws.credentials import CredentialsError
from ops.capacity.published import limit, quota_code
from ops.deploy.finding import Finding, problem, well

if TYPE_CHECKING:
    from types_boto3_apigateway import APIGatewayClient
    from types_boto3_lambda import LambdaClient

_UNRESERVED: Final = limit("lambda.unreserved")
_QUOTA: Final = quota_code("lambda.concurrency")


def examine_caller(access: Access) -> Finding:
    """Whether the credentials work in the region, and whose they are."""
    try:
        return well(f"credentials of {access.caller()}, region {access.region}")
    except CredentialsError as error:
        return problem(error.found, error.fix)


def examine_logging_role(api_gateway: "APIGatewayClient") -> Finding:
    """Whether API Gateway may write logs, without which the stage cannot be made."""
    role = api_gateway.get_account().get("cloudwatchRoleArn")
    if role:
        return well(f"API Gateway writes logs as {role}")
    return problem("API Gateway has no role to write logs with", "make bootstrap gives it one")


def examine_concurrency(functions: "LambdaClient", settings: EnvironmentSettings) -> Iterator[Finding]:
    """Whether the account's concurrency is enough for what the settings reserve.

    Args:
        functions: A client of Lambda.
        settings: The environment's settings.
    """
    chosen = settings.functions
    wanted = sum(part.reserved_concurrency for part in (chosen.ingestion, chosen.processor, chosen.query))
    held = sum(_reserved(functions, resource_name(name, settings.environment)) for name in FUNCTIONS)
    limit = functions.get_account_settings()["AccountLimit"]
    total, unreserved = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    available = unreserved + held - _UNRESERVED
    text = f"Lambda concurrency: {wanted} to reserve, {max(available, 0)} available of the account's {total}"
    if wanted <= available:
        yield well(text)
        return
    yield problem(
        text,
        f"ask for {total + wanted - available} (aws service-quotas request-service-quota-increase --service-code "
        f"lambda --quota-code {_QUOTA} --desired-value {total + wanted - available}), or lower reserved_concurrency "
        f"in envs/{settings.environment}/settings.toml",
    )


def _reserved(functions: "LambdaClient", name: str) -> int:
    try:
        return functions.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions", 0)
    except functions.exceptions.ResourceNotFoundException:
        return 0
