"""Finds what would stop a deployment: tools, credentials, the state bucket and its lock, quotas."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from generate.builders.environment import STATE_FILE
from generate.naming import FUNCTIONS, resource_name
from generate.settings import EnvironmentSettings
from ops.aws.access import Access
from ops.aws.credentials import CredentialsError
from ops.capacity.published import limit, quota_code
from ops.deploy.state_lock import read_state_lock
from ops.project.errors import OpsError, TerraformError
from ops.project.paths import find_environment
from ops.project.progress import Progress
from ops.terraform.provider import locked_provider_version
from ops.terraform.toolchain import ACCEPTED, find_toolchain, read_version

if TYPE_CHECKING:
    from types_boto3_apigateway import APIGatewayClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_s3 import S3Client

_UNRESERVED: Final = limit("lambda.unreserved")
_QUOTA: Final = quota_code("lambda.concurrency")


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        ok: Whether it passed.
        text: What was found.
        fix: What to do where it did not pass.
    """

    ok: bool
    text: str
    fix: str = ""

    def line(self) -> str:
        """The finding for people."""
        return f"ok      {self.text}" if self.ok else f"problem {self.text}\n        -> {self.fix}"


def examine(project: Path, environment: str, access: Access, progress: Progress) -> Iterator[Finding]:
    """Check everything that a deployment needs, in the order in which it needs it.

    Args:
        project: The project's folder.
        environment: The environment to deploy.
        access: The AWS to deploy to, in the environment's region.
        progress: Shows what is fetched.
    """
    settings = find_environment(project, environment)
    yield from examine_tools(project, project / "envs" / environment, progress)
    caller = examine_caller(access)
    yield caller
    if not caller.ok:
        return
    s3 = replace(access, region=settings.state.region).s3()
    checks = (
        examine_state(s3, settings.state.bucket, f"{environment}/{STATE_FILE}", environment),
        examine_logging_role(access.api_gateway()),
        examine_concurrency(access.functions(), settings),
    )
    for check in checks:
        try:
            yield from check
        except (ClientError, OpsError) as error:
            yield Finding(ok=False, text=str(error), fix="the message names the permission or object that is missing")


def examine_tools(project: Path, root: Path, progress: Progress) -> Iterator[Finding]:
    """Terraform's version, and where the provider of a root comes from."""
    try:
        toolchain = find_toolchain(project, root, progress)
        version = locked_provider_version(root)
    except TerraformError as error:
        yield Finding(ok=False, text=str(error), fix="the message says what is missing")
        return
    text = f"Terraform {read_version(toolchain.binary)} (accepted: {ACCEPTED}) at {toolchain.binary}"
    yield Finding(ok=True, text=text)
    yield Finding(ok=True, text=f"AWS provider {version}, from {toolchain.provider.description}")


def examine_caller(access: Access) -> Finding:
    """Whether the credentials work in the region, and whose they are."""
    try:
        return Finding(ok=True, text=f"credentials of {access.caller()}, region {access.region}")
    except CredentialsError as error:
        return Finding(ok=False, text=error.found, fix=error.fix)


def examine_state(s3: "S3Client", bucket: str, key: str, environment: str) -> Iterator[Finding]:
    """The state bucket, its versioning, and the lock of the state with this key."""
    bootstrap = "make bootstrap sets up the account: the state bucket and its protection"
    try:
        versioned = s3.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled"
    except s3.exceptions.NoSuchBucket:
        yield Finding(ok=False, text=f"the state bucket {bucket} does not exist", fix=bootstrap)
        return
    yield Finding(ok=True, text=f"the state bucket {bucket} exists")
    yield Finding(versioned, f"the state bucket is {'' if versioned else 'not '}versioned", bootstrap)
    lock = read_state_lock(s3, bucket, key)
    if lock:
        fix = f"wait for that run; if it was killed: make unlock ENV={environment} ID={lock.identifier}"
        yield Finding(ok=False, text=f"the state is locked by {lock.holder()}", fix=fix)
    else:
        yield Finding(ok=True, text="the state is not locked")


def examine_logging_role(api_gateway: "APIGatewayClient") -> Iterator[Finding]:
    """Whether API Gateway may write logs, without which the stage cannot be created."""
    role = api_gateway.get_account().get("cloudwatchRoleArn")
    text = f"API Gateway writes logs as {role}" if role else "API Gateway has no role to write logs with"
    yield Finding(bool(role), text, "make bootstrap creates it")


def examine_concurrency(functions: "LambdaClient", settings: EnvironmentSettings) -> Iterator[Finding]:
    """Whether the account's concurrency is enough for what the settings reserve."""
    chosen = settings.functions
    wanted = sum(part.reserved_concurrency for part in (chosen.ingestion, chosen.processor, chosen.query))
    reserved = sum(_reserved(functions, resource_name(name, settings.environment)) for name in FUNCTIONS)
    account = functions.get_account_settings()["AccountLimit"]
    total = account["ConcurrentExecutions"]
    available = account["UnreservedConcurrentExecutions"] + reserved - _UNRESERVED
    needed = total + wanted - available
    yield Finding(
        wanted <= available,
        f"Lambda concurrency: {wanted} to reserve, {max(available, 0)} available of the account's {total}",
        f"ask for {needed} (aws service-quotas request-service-quota-increase --service-code lambda --quota-code "
        f"{_QUOTA} --desired-value {needed}), or lower reserved_concurrency in the environment's settings.toml",
    )


def _reserved(functions: "LambdaClient", name: str) -> int:
    try:
        return functions.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions", 0)
    except functions.exceptions.ResourceNotFoundException:
        return 0


def summary(problems: int, environment: str) -> str:
    """The last line: how many problems there are, or that the environment can be deployed."""
    return f"{problems} problem{'s' if problems > 1 else ''}" if problems else f"{environment} can be deployed"
