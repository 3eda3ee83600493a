"""Runs Terraform's commands on one root, and reads the events that the long ones write."""

import json
import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ops.project.errors import TerraformError
from ops.project.programs import run_lines
from ops.project.progress import Progress, Status
from ops.terraform.hints import hint_for

_NO_CHANGES: Final = 0
_CHANGES: Final = 2
"""What `plan -detailed-exitcode` returns where something would change."""
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_LOCK_TIMEOUT: Final = "-lock-timeout=30s"
_NAMED: Final = 3
"""How many of the resources that are being changed a status names."""
_PROVIDER_LOG: Final = {"TF_LOG_PROVIDER": "info"}
"""From debug on the provider logs the bodies of requests and responses, and so the API key. Terraform's own log has no
values; a user who needs the provider's sets TF_LOG_PROVIDER.
Source: https://developer.hashicorp.com/terraform/internals/debugging; tests/proofs/state/test_secrets.py found it."""


@dataclass(frozen=True)
class Terraform:
    """Terraform's commands on one root.

    Each of them raises `TerraformError` where Terraform fails, with its errors and a hint where the cause is known.

    Attributes:
        binary: The terraform to run.
        root: The folder with the root's files, which are only read, `.terraform.lock.hcl` too.
        data: Where Terraform keeps its working data (`TF_DATA_DIR`): one folder for each root and each AWS.
        environment: All of Terraform's environment variables.
        progress: Shows what Terraform does.
    """

    binary: Path
    root: Path
    data: Path
    environment: Mapping[str, str]
    progress: Progress

    def init(self, *options: str) -> None:
        """Prepare the root's backend, modules and provider, the lock file read only."""
        lines: list[str] = []
        arguments = ("init", "-input=false", "-no-color", "-lockfile=readonly", *options)
        if self._watch(arguments, lines.append, lambda: "preparing Terraform"):
            raise self._failed("init", "\n".join(lines))

    def apply(self, *arguments: str) -> str:
        """Apply the root, or a saved plan, without asking. Where it fails, what was applied so far is in the state.

        Returns:
            Terraform's count of what it changed.
        """
        events = Events()
        command = ("apply", "-input=false", "-json", "-auto-approve", _LOCK_TIMEOUT, *arguments)
        if self._watch(command, events.feed, lambda: events.status):
            raise self._failed("apply", "\n".join(events.errors))
        return events.summary

    def save_plan(self, file: Path, *options: str) -> bool:
        """Write a plan.

        Args:
            file: Where it goes; it can contain secrets of the state.
            options: Further options of `terraform plan`.

        Returns:
            Whether it would change anything.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        events = Events()
        command = ("plan", "-input=false", "-json", "-detailed-exitcode", f"-out={file}", *options)
        code = self._watch(command, events.feed, lambda: events.status)
        if code not in (_NO_CHANGES, _CHANGES):
            raise self._failed("plan", "\n".join(events.errors))
        return code == _CHANGES

    def show_plan(self, file: Path) -> dict[str, Any]:
        """A saved plan in Terraform's JSON form."""
        shown: dict[str, Any] = json.loads(self.run("show", "-json", str(file)))
        return shown

    def outputs(self) -> dict[str, Any]:
        """The root's outputs by name."""
        return {name: output["value"] for name, output in json.loads(self.run("output", "-json")).items()}

    def run(self, *arguments: str) -> str:
        """Run any command that ends soon, such as `"validate", "-no-color"`.

        Returns:
            What it wrote to its standard output.
        """
        done = subprocess.run(  # noqa: S603  # the terraform that this project found
            [str(self.binary), *arguments],
            env=self._variables(),
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise self._failed(arguments[0], done.stderr or done.stdout)
        return done.stdout

    def _watch(self, arguments: Sequence[str], on_line: Callable[[str], None], status: Status) -> int:
        """Run a command that takes long, and show its status meanwhile."""
        with self.progress.waiting(lambda: f"{self.root.name}: {status()}"):
            return run_lines([str(self.binary), *arguments], self._variables(), self.root, on_line)

    def _variables(self) -> dict[str, str]:
        fixed = {"TF_DATA_DIR": str(self.data), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        without_bodies = _PROVIDER_LOG if self.environment.get("TF_LOG") else {}
        return {**without_bodies, **self.environment, **fixed}

    def _failed(self, verb: str, output: str) -> TerraformError:
        plain = _COLOURS.sub("", output).strip()
        return TerraformError(f"terraform {verb} in {self.root.name} failed:\n{plain}{hint_for(plain)}")


class Events:
    """Reads the events of `terraform plan -json` or `terraform apply -json`, a JSON object a line.

    Their types are listed in https://developer.hashicorp.com/terraform/internals/machine-readable-ui.

    Attributes:
        errors: The errors, each with its detail and the resource or file as far as Terraform names it.
        summary: Terraform's last count of changes, such as `Apply complete! Resources: 1 added, 0 changed, ...`.
    """

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.summary = ""
        self._done = 0
        self._started: dict[str, float] = {}

    @property
    def status(self) -> str:
        """What is under way, such as `12 done; waiting for aws_sqs_queue.a (20 s)`."""
        if not self._started:
            return "finishing" if self._done else "planning"
        now = time.monotonic()
        named = [f"{address} ({now - start:.0f} s)" for address, start in self._started.items()]
        more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        return f"{self._done} done; waiting for {', '.join(named[:_NAMED])}{more}"

    def feed(self, line: str) -> None:
        """Read one line of output; one that is not JSON is an error from before Terraform could write events."""
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            self.errors += [line] if line.strip() else []
            return
        match event.get("type"):
            case "change_summary":
                self.summary = event["@message"]
            case "diagnostic" if event["diagnostic"]["severity"] == "error":
                self.errors.append(_error_text(event["diagnostic"]))
            case "apply_start":
                self._started[event["hook"]["resource"]["addr"]] = time.monotonic()
            case "apply_complete" | "apply_errored":
                self._started.pop(event["hook"]["resource"]["addr"], None)
                self._done += 1


def _error_text(diagnostic: dict[str, Any]) -> str:
    place = diagnostic.get("address") or diagnostic.get("range", {}).get("filename")
    summary = f"{place}: {diagnostic['summary']}" if place else diagnostic["summary"]
    return f"{summary}\n{diagnostic.get('detail', '')}".rstrip()
