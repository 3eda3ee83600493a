"""The doctor's command line: `python -m ops.deploy.doctor ENV`."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from generate.builders.environment import STATE_FILE
from ops.aws.access import Access
from ops.cli.running import FAILED, run
from ops.deploy.account_findings import examine_caller, examine_concurrency, examine_logging_role
from ops.deploy.finding import Finding
from ops.deploy.state_findings import examine_state
from ops.deploy.tool_findings import examine_tools
from ops.local.local_deployment import open_deployment
from ops.project.paths import ROOT, find_environment
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


def main() -> int:
    """Examine the environment that the command line names.

    Returns:
        An exit code: 1 where there is a problem.
    """
    parser = argparse.ArgumentParser(
        prog="python -m ops.deploy.doctor", description="Find what would stop a deployment."
    )
    parser.add_argument("environment")
    environment = parser.parse_args().environment
    progress = Progress(sys.stderr)
    problems = 0
    with open_deployment(ROOT, environment, progress) as deployment:
        for finding in examine(ROOT, deployment.environment, deployment.access(), progress):
            print(finding.line(), flush=True)
            problems += not finding.well
        print(summary(problems, deployment.name))
    return FAILED if problems else 0


if __name__ == "__main__":
    sys.exit(run(main))
