"""The command line for environments on real AWS: `python -m ops.deploy COMMAND [ENV]`."""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from ops.commands import run
from ops.deploying.account import bootstrap_account
from ops.deploying.changing import apply, destroy, has_drifted, plan
from ops.deploying.unlocking import unlock
from ops.deployment import Deployment
from ops.outputs import outputs_file
from ops.progress import Progress
from ops.project import ROOT

DRIFTED: Final = 3
"""The exit code of `drift` where AWS and the files differ; 1 is a failure to find out."""
_ON_ENVIRONMENTS: Final = ("plan", "apply", "destroy", "drift", "outputs", "unlock")


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Args:
        words: The command line; this process's by default.
    """
    parser = argparse.ArgumentParser(prog="python -m ops.deploy", description="Environments on real AWS.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("bootstrap", help="the state bucket, and what is one for a whole account")
    for name in _ON_ENVIRONMENTS:
        command = commands.add_parser(name)
        command.add_argument("environment")
        if name == "unlock":
            command.add_argument("--id", help="the ID of the lock to lift; without it the lock is shown, and stays")
    arguments = parser.parse_args(words)
    if arguments.command == "bootstrap":
        bootstrap_account(ROOT, Progress())
        return 0
    return _on_environment(arguments, Deployment(ROOT, arguments.environment, Progress()))


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
    for name, value in deployment.refresh_outputs().items():
        print(f"{name} = {value}")
    path = outputs_file(deployment.root, deployment.environment)
    deployment.progress.say(f"written to {path.relative_to(deployment.root)}")


if __name__ == "__main__":
    sys.exit(run(main))
