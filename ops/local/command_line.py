"""The command line of the embedded AWS: `python -m ops.local.command_line up|down|status|reset|plan`."""

import argparse
import os
import sys
from pathlib import Path

from ops.cli.running import FAILED, run
from ops.local.layout import Layout, default_layout
from ops.local.machine import Machine, write_plan
from ops.project.paths import EMBEDDED_ENVIRONMENT, ROOT
from ops.project.progress import Progress


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m ops.local.command_line", description="The embedded AWS.")
    parser.add_argument("--home", type=Path, help="the folder of another one than build/local")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start it and apply the roots, each where it is needed")
    commands.add_parser("down", help="stop it, its state kept")
    commands.add_parser("status", help="tell whether it runs")
    commands.add_parser("reset", help="stop it and forget everything that it has stored")
    plan = commands.add_parser("plan", help="plan what is applied; exit 1 where anything would change")
    plan.add_argument("file", type=Path, help="where the plan's JSON goes")
    arguments = parser.parse_args()
    home = arguments.home and arguments.home.absolute()  # Terraform runs in other folders
    layout = Layout(home, home / "packages") if home else default_layout(ROOT)
    machine = Machine(ROOT, layout, EMBEDDED_ENVIRONMENT, Progress())
    match arguments.command:
        case "up":
            _up(machine)
        case "down":
            machine.down()
        case "reset":
            machine.reset()
        case "plan":
            return 0 if write_plan(machine, arguments.file) else FAILED
        case _:
            print(machine.status())
    return 0


def _up(machine: Machine) -> None:
    pipeline = machine.up()
    home = os.path.relpath(machine.layout.home)
    machine.progress.say(f"the API answers at {pipeline.api}")
    print(f"""
As a user who may call the API and nothing else:  source {home}/env
As the administrator:                             source {home}/admin.env
Send a reading and ask for it:                    make send, make query
Stop it, its state kept:                          make down""")


if __name__ == "__main__":
    sys.exit(run(main))
