"""The verbs of the embedded AWS on this machine."""

import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ops.local.demonstration import demonstrate
from ops.local.layout import Layout, default_layout
from ops.local.machine import Machine
from ops.project.paths import EMBEDDED_ENVIRONMENT, ROOT
from ops.project.progress import Progress

Home = Annotated[Path | None, Parameter(help="The folder of another embedded AWS than that in build/local.")]


def demo() -> None:
    """Run the whole pipeline here and show each step."""
    demonstrate(embedded_machine())


def up() -> None:
    """Start the embedded AWS with envs/dev applied; a second time it is quick."""
    machine = embedded_machine()
    pipeline = machine.up()
    folder = os.path.relpath(machine.layout.home)
    machine.progress.say(f"the API answers at {pipeline.api}")
    print(f"""
As a user who may call the API and nothing else:  source {folder}/env
As the administrator:                             source {folder}/admin.env
Send a reading and ask for it:                    make send, make query
Stop it, its state kept:                          make down""")


def down(*, home: Home = None) -> None:
    """Stop the embedded AWS; its state is kept."""
    embedded_machine(home).down()


def reset() -> None:
    """Stop the embedded AWS and delete everything that it has stored."""
    embedded_machine().reset()


def status() -> None:
    """Show whether the embedded AWS runs."""
    print(embedded_machine().status())


def embedded_machine(home: Path | None = None) -> Machine:
    """The embedded AWS of a folder, which need not run."""
    layout = Layout(home.absolute()) if home else default_layout(ROOT)  # absolute: Terraform runs in other folders
    return Machine(ROOT, layout, EMBEDDED_ENVIRONMENT, Progress())
