"""An applied environment, kept from one test run to the next.

An apply takes a minute and a half, most of it Terraform's own waits. So it is done once for each version of the
generated files and packages. Every run starts from a copy of the applied state, and does not change the original.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from ops.local.layout import Layout
from ops.local.machine import Machine
from ops.local.pipeline import Pipeline
from ops.local.record import inputs_digest
from ops.packaging.packages import build_packages
from ops.packaging.target import host_target
from ops.project.errors import PortInUseError
from ops.project.progress import Progress
from ops.setup.environments import ensure
from tests.support.sample import ENVIRONMENT


@dataclass(frozen=True)
class AppliedStates:
    """Applied states in a folder, each under the digest of the files that it was applied from.

    Attributes:
        project: The folder of a project with the sample's settings.
        folder: Where they are kept.
        progress: Reports each step.
    """

    project: Path
    folder: Path
    progress: Progress

    def machine(self) -> Machine:
        """The tests' own embedded AWS, never the user's."""
        return Machine(self.project, Layout(self.folder / "home"), ENVIRONMENT, self.progress)

    def up(self) -> Pipeline:
        """Start a pipeline in its state right after an apply."""
        machine = self.machine()
        machine.down()
        target = host_target(ensure("embedded", self.progress))
        build_packages(self.project, target, machine.layout.packages, self.progress)
        kept = self.folder / inputs_digest(self.project, ENVIRONMENT, machine.layout.packages)
        shutil.rmtree(machine.layout.state, ignore_errors=True)
        if not kept.is_dir():
            self._apply_and_keep(machine, kept)
        shutil.copytree(kept, machine.layout.state)
        try:
            return machine.up()
        except PortInUseError:
            shutil.rmtree(kept)
            return self.up()

    def _apply_and_keep(self, machine: Machine, kept: Path) -> None:
        for older in self.folder.glob("?" * 64):
            shutil.rmtree(older)
        machine.up()
        machine.down()
        shutil.move(machine.layout.state, kept)
