"""The command line of the embedded AWS: `python -m ops.embedded up|down|status`."""

import argparse
import sys

from ops.commands import run
from ops.embedded.layout import default_layout
from ops.embedded.machine import Machine
from ops.progress import Progress
from ops.project import ROOT

DEFAULT_ENVIRONMENT = "dev"


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m ops.embedded", description="The embedded AWS of this machine.")
    parser.add_argument("command", choices=("up", "down", "status"))
    machine = Machine(ROOT, default_layout(ROOT), DEFAULT_ENVIRONMENT, Progress())
    match parser.parse_args().command:
        case "up":
            _up(machine)
        case "down":
            machine.down()
        case _:
            print(machine.status())
    return 0


def _up(machine: Machine) -> None:
    pipeline = machine.up()
    home = machine.layout.home.relative_to(machine.project)
    machine.progress.say(f"the API answers at {pipeline.api}")
    print(f"""
As a user who may call the API and nothing else:  source {home}/env
As the administrator:                             source {home}/admin.env
Send a reading and ask for it:                    make send, make query
Stop it, its state kept:                          make down""")


if __name__ == "__main__":
    sys.exit(run(main))
