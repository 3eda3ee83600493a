"""The verbs that deploy an environment: to AWS, or to the embedded AWS."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Final

from cyclopts import Parameter

from ops.cli.options import Deployed, Json
from ops.cli.running import FAILED
from ops.deploy import changing, state_lock
from ops.deploy.bootstrap import bootstrap_account
from ops.deploy.deployment import Deployment, log_file
from ops.deploy.doctor import examine, summary
from ops.local.local_deployment import open_deployment
from ops.packaging.packages import package_for_aws
from ops.project.paths import ACCOUNT, LOCAL, ROOT
from ops.project.progress import Progress
from ops.terraform.user_variables import logs, passed_over

DRIFTED: Final = 3
"""The exit code of `drift` where AWS and the files differ; 1 is a failure to find out."""
LockId = Annotated[
    str | None, Parameter(name="--id", help="The lock to lift; without it the lock is shown, and stays.")
]


def bootstrap() -> None:
    """Set up the account once: the state bucket and API Gateway's logging role. Without a terminal: APPROVE=yes."""
    progress = Progress()
    _report_variables(ACCOUNT, progress)
    bootstrap_account(ROOT, progress)


def doctor(*, env: Deployed, as_json: Json = False) -> int:
    """Look for what would stop a deployment."""
    progress = Progress(sys.stderr)
    findings = []
    with open_deployment(ROOT, env, progress) as deployment:
        for finding in examine(ROOT, deployment.environment, deployment.access(), progress):
            findings.append(finding)
            if not as_json:
                print(finding.line(), flush=True)
        problems = sum(not finding.ok for finding in findings)
        print(json.dumps([asdict(finding) for finding in findings]) if as_json else summary(problems, deployment.name))
    return FAILED if problems else 0


def plan(*, env: Deployed) -> None:
    """Show what an apply would change."""
    with _deployment(env) as deployment:
        changing.plan(deployment)


def apply(*, env: Deployed) -> None:
    """Show what would change, ask, apply it, and write the outputs. Without a terminal: APPROVE=yes."""
    with _deployment(env) as deployment:
        changing.apply(deployment)


def destroy(*, env: Deployed) -> None:
    """Show what would be destroyed, ask for the name, and destroy it. Without a terminal: APPROVE=its name."""
    with _deployment(env) as deployment:
        changing.destroy(deployment)


def outputs(*, env: Deployed, as_json: Json = False) -> None:
    """Show the outputs and write them to build/outputs/."""
    with _deployment(env, Progress(sys.stderr) if as_json else None) as deployment:
        deployment.check_caller("make outputs")
        found = deployment.refresh_outputs()
        print(json.dumps(found) if as_json else "\n".join(f"{name} = {value}" for name, value in found.items()))
        deployment.progress.say(f"written to {deployment.outputs_file.relative_to(deployment.root)}")


def drift(*, env: Deployed) -> int:
    """Show where AWS and the files differ; exit 3 where they do."""
    with _deployment(env) as deployment:
        return DRIFTED if changing.has_drifted(deployment) else 0


def unlock(*, env: Deployed, identifier: LockId = None) -> None:
    """Show who holds the state's lock; with its ID, lift it."""
    with _deployment(env) as deployment:
        state_lock.unlock(deployment, identifier)


def package(*, env: Deployed) -> None:
    """Build the functions' packages, and the layer's bill of materials."""
    package_for_aws(ROOT, env, Progress())


@contextmanager
def _deployment(env: Deployed, progress: Progress | None = None) -> Iterator[Deployment]:
    """The environment, after saying which of the user's variables of Terraform do not reach it."""
    progress = progress or Progress()
    if env != LOCAL:  # the user's variables do not reach that one
        _report_variables(env, progress)
    with open_deployment(ROOT, env, progress) as deployment:
        yield deployment


def _report_variables(name: str, progress: Progress) -> None:
    for line in passed_over(os.environ):
        progress.say(line)
    if logs(os.environ):
        default = log_file(ROOT, name).relative_to(ROOT)
        progress.say(f"Terraform's log goes to {os.environ.get('TF_LOG_PATH') or default}")
