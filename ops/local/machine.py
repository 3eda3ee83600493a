"""One embedded AWS with one environment applied to it: up, down, status."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ops.aws.access import Access
from ops.local.access_files import write_access
from ops.local.applied import emulator_sources, read_applied
from ops.local.applying import Applying
from ops.local.identities import as_administrator, as_caller, as_stranger
from ops.local.layout import Layout
from ops.local.machine_lock import exclusively, share
from ops.local.pipeline import Pipeline
from ops.local.recovery import discard_killed_apply, discard_lost_state, healthy_server, port_for
from ops.local.server import Running, find_server, is_healthy, start_server, stop_server
from ops.packaging.packages import package_for_embedded
from ops.project.digest import digest_of, read_parts
from ops.project.paths import find_environment
from ops.project.progress import Progress
from ops.setup.environments import ensure


@dataclass(frozen=True)
class Machine:
    """An embedded AWS.

    Attributes:
        project: The project's folder.
        layout: Where the embedded AWS keeps its things.
        environment: The environment that is applied.
        progress: Told what happens.
    """

    project: Path
    layout: Layout
    environment: str
    progress: Progress

    def up(self) -> Pipeline:
        """Start the server and apply the roots, each where it is needed.

        Raises:
            OpsError: Something is missing or refused; what was done so far stays, and the next run goes on from there.
        """
        with exclusively(self.layout, self.progress) as lock:
            settings = find_environment(self.project, self.environment)
            ensure("embedded", self.progress)
            with ThreadPoolExecutor(max_workers=1) as pool:
                packages = pool.submit(package_for_embedded, self.project, self.layout.packages, self.progress)
                running = self._serve(settings.region)
                share(lock)
                address = Access(settings.region, running.endpoint, self.layout.authority)
                administrator = as_administrator(self.layout, address)
                outputs = self.applying(administrator).ensure_applied(packages.result)
            caller = as_caller(self.layout, administrator, outputs)
            stranger = as_stranger(self.layout, administrator)
            write_access(self.layout, self.project / "envs" / self.environment, administrator, caller, outputs)
            return Pipeline(administrator, caller, stranger, outputs)

    def down(self) -> None:
        """Stop the server so that it stores its state.

        Raises:
            OpsError: Another command is at work on it.
        """
        with exclusively(self.layout, self.progress):
            running = find_server(self.layout)
            if running is None:
                self.progress.say("the embedded AWS is not running")
                return
            self.progress.say(f"stopping the embedded AWS (process {running.process.pid})")
            with self.progress.waiting(lambda: "waiting for its last requests to end"):
                stored = stop_server(running, self.layout)
            kept = "its state is kept for the next make up" if stored else "its state could not be stored"
            self.progress.say(f"stopped; {kept}")

    def reset(self) -> None:
        """Stop the server and forget everything that it has stored.

        Raises:
            OpsError: Another command is at work on it.
        """
        with exclusively(self.layout, self.progress):
            running = find_server(self.layout)
            if running:
                stop_server(running, self.layout)
            shutil.rmtree(self.layout.state, ignore_errors=True)
            self.progress.say("everything that the embedded AWS had stored is gone; the next make up starts afresh")

    def status(self) -> str:
        """Whether the server runs and answers, and what is applied, in one line."""
        running = find_server(self.layout)
        applied = "applied" if read_applied(self.layout) else "not applied"
        if running is None:
            return f"the embedded AWS is not running; {self.environment} is {applied}"
        health = "answers" if is_healthy(running, self.layout) else "does not answer"
        place = f"process {running.process.pid} at {running.endpoint}"
        return f"the embedded AWS is running ({place}) and {health}; {self.environment} is {applied}"

    def applying(self, administrator: Access) -> Applying:
        """What applies the roots, and runs Terraform on them.

        Args:
            administrator: Access as the administrator.
        """
        return Applying(self.project, self.layout, self.environment, administrator, self.progress)

    def _serve(self, region: str) -> Running:
        interpreter = ensure("embedded", self.progress)
        discard_killed_apply(self.layout, self.progress)
        program = digest_of(read_parts(emulator_sources(self.project), self.project))
        running = healthy_server(self.layout, program, self.progress)
        if running is None:
            discard_lost_state(self.layout, self.progress)
            port = port_for(self.layout, self.progress)
            self.progress.say(f"starting the embedded AWS on port {port}")
            running = start_server(self.layout, interpreter, port, region, program)
        self.progress.say(f"the embedded AWS runs as process {running.process.pid} at {running.endpoint}")
        return running
