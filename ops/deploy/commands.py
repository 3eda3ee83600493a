"""The command line for environments, on AWS or on the embedded AWS: `python -m ops.deploy.commands COMMAND [ENV]`."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final

from ops.cli.make_variables import MakeVariables
from ops.cli.running import run
from ops.deploy.bootstrap import bootstrap_account
from ops.deploy.changing import apply, destroy, has_drifted, plan
from ops.deploy.deployment import Deployment, log_file
from ops.deploy.state_lock import unlock
from ops.local.local_deployment import open_deployment
from ops.project.paths import ACCOUNT, LOCAL, ROOT
from ops.project.progress import Progress
from ops.terraform.user_variables import logs, passed_over

DRIFTED: Final = 3
"""The exit code of `drift` where AWS and the files differ; 1 is a failure to find out."""
_ON_ENVIRONMENTS: Final = ("plan", "apply", "destroy", "drift", "outputs", "unlock")


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Args:
        words: The command line; this process's by default.
    """
    parser = argparse.ArgumentParser(
        prog="python -m ops.deploy.commands", description="Environments on AWS; local is the embedded AWS."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("bootstrap", help="the state bucket, and what is one for a whole account")
    for name in _ON_ENVIRONMENTS:
        command = commands.add_parser(name)
        command.add_argument("environment")
        if name == "unlock":
            command.add_argument("--id", help="the ID of the lock to lift; without it the lock is shown, and stays")
    arguments = parser.parse_args(words)
    progress = Progress()
    if arguments.command == "bootstrap":
        _tell_variables(ACCOUNT, progress)
        bootstrap_account(ROOT, progress)
        return 0
    variables = MakeVariables(arguments)
    if arguments.command == "unlock":
        variables.text("id", f"a lock's ID, as make unlock ENV={arguments.environment} shows it")
    variables.refuse_problems()
    if arguments.environment != LOCAL:  # the user's variables do not reach that one
        _tell_variables(arguments.environment, progress)
    with open_deployment(ROOT, arguments.environment, progress) as deployment:
        return _on_environment(arguments, deployment)


def _tell_variables(name: str, progress: Progress) -> None:
    """Say what becomes of the user's variables of Terraform, where it is not what they say."""
    for line in passed_over(os.environ):
        progress.say(line)
    if logs(os.environ):
        default = log_file(ROOT, name).relative_to(ROOT)
        progress.say(f"Terraform's log goes to {os.environ.get('TF_LOG_PATH') or default}")


def _on_environment(arguments: argparse.Namespace, deployment: Deployment) -> int:
    match arguments.command:
        case "plan":
            plan(deployment)
        case "apply":
            apply(deployment)
        case "destroy":
            destroy(deployment)
        case "drift":
            return DRIFTED if has_drifted(deployment) else 0
        case "unlock":
            unlock(deployment, arguments.id)
        case _:
            _write_outputs(deployment)
    return 0


def _write_outputs(deployment: Deployment) -> None:
    deployment.check_caller("make outputs")
    for name, value in deployment.refresh_outputs().items():
        print(f"{name} = {value}")
    deployment.progress.say(f"written to {deployment.outputs_file.relative_to(deployment.root)}")


if __name__ == "__main__":
    sys.exit(run(main))
