"""One embedded AWS with one environment applied to it: up, down, reset, status, plan."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ops.aws.access import Access
from ops.local.layout import Layout, exclusively
from ops.local.local_deployment import EmbeddedDeployment
from ops.local.pipeline import Pipeline
from ops.local.record import emulator_files, read_record
from ops.local.recovery import delete_state, ensure_server
from ops.local.server import find_server, is_healthy, stop_server
from ops.local.users import as_administrator, as_stranger
from ops.packaging.packages import build_packages
from ops.packaging.target import host_target
from ops.project.digest import digest_of, read_parts
from ops.project.paths import find_environment
from ops.project.progress import Progress
from ops.setup.environments import ensure


@dataclass(frozen=True)
class Machine:
    """An embedded AWS.

    Attributes:
        project: The project's folder.
        layout: Its files.
        environment: The environment that is applied.
        progress: Shows what happens.
    """

    project: Path
    layout: Layout
    environment: str
    progress: Progress

    def up(self) -> Pipeline:
        """Start the server and apply the roots, each where it is needed.

        Raises:
            OpsError: Something is missing or refused. What was done until then is kept, and the next run continues it.
        """
        with exclusively(self.layout), ThreadPoolExecutor(max_workers=1) as pool:
            region = find_environment(self.project, self.environment).region
            interpreter = ensure("embedded", self.progress)
            target = host_target(interpreter)
            packages = pool.submit(build_packages, self.project, target, self.layout.packages, self.progress)
            program = digest_of(read_parts(emulator_files(self.project), self.project))
            server = ensure_server(self.layout, interpreter, region, program, self.progress)
            administrator = as_administrator(self.layout, Access(region, server.endpoint, self.layout.authority))
            deployment = self.deployment(administrator)
            outputs = deployment.ensure_applied(packages.result)
            caller = deployment.grant_access(outputs)
            return Pipeline(administrator, caller, as_stranger(self.layout, administrator), outputs)

    def down(self) -> None:
        """Stop the server so that it stores its state.

        Raises:
            OpsError: Another command works on it.
        """
        with exclusively(self.layout):
            server = find_server(self.layout)
            if server is None:
                self.progress.say("the embedded AWS is not running")
                return
            self.progress.say(f"stopping the embedded AWS (process {server.process.pid})")
            with self.progress.waiting(lambda: "waiting for its last requests to end"):
                stored = stop_server(server, self.layout)
            kept = "its state is kept for the next make up" if stored else "its state could not be stored"
            self.progress.say(f"stopped; {kept}")

    def reset(self) -> None:
        """Stop the server and delete everything that it has stored.

        Raises:
            OpsError: Another command works on it.
        """
        with exclusively(self.layout):
            delete_state(self.layout)
            self.progress.say("deleted everything that the embedded AWS had stored; the next make up starts afresh")

    def status(self) -> str:
        """Whether the server runs and answers, and what is applied, in one line."""
        server = find_server(self.layout)
        applied = f"{self.environment} is {'applied' if read_record(self.layout).outputs else 'not applied'}"
        if server is None:
            return f"the embedded AWS is not running; {applied}"
        health = "answers" if is_healthy(server, self.layout) else "does not answer"
        place = f"process {server.process.pid} at {server.endpoint}"
        return f"the embedded AWS is running ({place}) and {health}; {applied}"

    def deployment(self, administrator: Access) -> EmbeddedDeployment:
        """What is applied, for Terraform as the administrator."""
        return EmbeddedDeployment(self.project, self.environment, self.progress, self.layout, administrator)


def write_plan(machine: Machine, path: Path) -> bool:
    """Run `make up`, write a plan as Terraform's JSON, and show what it would change: right after an apply, nothing.

    Args:
        machine: The embedded AWS.
        path: Where the JSON goes.

    Returns:
        Whether nothing would change.

    Raises:
        OpsError: Something is missing or refused.
    """
    deployment = machine.deployment(machine.up().administrator)
    terraform, file = deployment.terraform(), deployment.plan_file
    try:
        changes = terraform.save_plan(file)
        plan = terraform.show_plan(file)
        if changes:
            print(terraform.run("show", "-no-color", str(file)))
    finally:
        file.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(plan))
    machine.progress.say("planned: something would change" if changes else "planned: nothing would change")
    return not changes
