"""Looks for what would stop a deployment."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from generate.builders.environment import STATE_FILE
from ops.aws.access import Access
from ops.deploy.account_findings import examine_caller, examine_concurrency, examine_logging_role
from ops.deploy.finding import Finding
from ops.deploy.state_findings import examine_state
from ops.deploy.tool_findings import examine_tools
from ops.project.paths import find_environment
from ops.project.progress import Progress


def examine(project: Path, environment: str, access: Access, progress: Progress) -> Iterator[Finding]:
    """Everything that a deployment needs, in the order in which it needs it.

    Args:
        project: The project's folder.
        environment: The environment to deploy.
        access: The AWS to deploy to, in the environment's region.
        progress: Told what is fetched.
    """
    settings = find_environment(project, environment)
    yield from examine_tools(project, project / "envs" / environment, progress)
    caller = examine_caller(access)
    yield caller
    if not caller.well:
        return
    s3 = replace(access, region=settings.state.region).s3()
    yield from examine_state(s3, settings.state.bucket, f"{environment}/{STATE_FILE}", environment)
    yield examine_logging_role(access.api_gateway())
    yield from examine_concurrency(access.functions(), settings)


def summary(problems: int, environment: str) -> str:
    """The doctor's last line.

    Args:
        problems: How many were found.
        environment: Where they were looked for.
    """
    if not problems:
        return f"{environment} can be deployed"
    return f"{problems} problem{'s' if problems > 1 else ''}"
