"""An applied environment, kept from one test run to the next.

An apply takes a minute and a half, nearly all of it Terraform's own waits. So it is done once for each content of the
generated files and packages; every run starts from a copy of what was applied, and leaves nothing behind.
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
class KeptState:
    """Applied states under a folder, each by the digest of what it was made from.

    Attributes:
        project: The folder of a project that is written from the sample.
        folder: Where they are kept.
        progress: Told what happens.
    """

    project: Path
    folder: Path
    progress: Progress

    def machine(self) -> Machine:
        """The embedded AWS of the tests, which is never the user's own."""
        return Machine(self.project, Layout(self.folder / "home"), ENVIRONMENT, self.progress)

    def up(self) -> Pipeline:
        """A pipeline as it is right after an apply."""
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
