"""One root, ready for Terraform's commands."""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ops.project.errors import TerraformError
from ops.project.programs import run_lines
from ops.project.progress import Progress, Status
from ops.terraform.events import Events
from ops.terraform.remedies import remedies_for

NO_CHANGES: Final = 0
CHANGES: Final = 2
"""What `plan -detailed-exitcode` returns where something would change."""
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_LOCK_TIMEOUT: Final = "-lock-timeout=30s"
_LOG: Final = "TF_LOG"
_PROVIDER_LOG: Final = {"TF_LOG_PROVIDER": "info"}
"""From debug on the provider logs the bodies of requests and answers, and so the API key that it writes and reads back.
Terraform's own log holds no values; who wants the provider's, too, says TF_LOG_PROVIDER.
Source: https://developer.hashicorp.com/terraform/internals/debugging; tests/proofs/state/test_secrets.py found it."""


@dataclass(frozen=True)
class Terraform:
    """Terraform's commands on one root.

    Attributes:
        binary: The terraform to run.
        root: The folder with the root's files; it stays as it is, but for `.terraform.lock.hcl`, which is only read.
        data: Where Terraform keeps its working data (`TF_DATA_DIR`): one folder for each root and each AWS.
        environment: All of Terraform's environment variables.
        progress: Told what Terraform does.
    """

    binary: Path
    root: Path
    data: Path
    environment: Mapping[str, str]
    progress: Progress

    def init(self, *options: str) -> None:
        """Prepare the root's backend, modules and provider, the lock file read only.

        Raises:
            TerraformError: With Terraform's words, and a remedy where one is known.
        """
        lines: list[str] = []
        command = self._command("init", "-no-color", "-lockfile=readonly", *options)
        with self._waiting(lambda: "preparing Terraform"):
            code = run_lines(command, self._variables(), self.root, lines.append)
        if code:
            raise self._refused("init", "\n".join(lines))

    def apply(self, *arguments: str) -> str:
        """Apply the root, or a saved plan, without a question.

        Returns:
            Terraform's count of what it changed.

        Raises:
            TerraformError: With every error diagnostic; what was applied so far is in the state.
        """
        events = Events(self.progress.elapsed)
        if self._watch(self._command("apply", "-json", "-auto-approve", _LOCK_TIMEOUT, *arguments), events):
            raise self._refused("apply", "\n".join(events.errors))
        return events.summary

    def save_plan(self, file: Path, *options: str) -> bool:
        """Write a plan.

        Args:
            file: Where it goes; it can hold secrets of the state.
            options: Further options of `terraform plan`.

        Returns:
            Whether it would change anything.

        Raises:
            TerraformError: With every error diagnostic.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        events = Events(self.progress.elapsed)
        command = self._command("plan", "-json", "-detailed-exitcode", f"-out={file}", *options)
        code = self._watch(command, events)
        if code not in (NO_CHANGES, CHANGES):
            raise self._refused("plan", "\n".join(events.errors))
        return code == CHANGES

    def show_plan(self, file: Path) -> dict[str, Any]:
        """A saved plan in Terraform's JSON form.

        Raises:
            TerraformError: The plan cannot be read.
        """
        shown: dict[str, Any] = json.loads(self._capture("show", "-json", str(file)))
        return shown

    def describe_plan(self, file: Path) -> str:
        """A saved plan as Terraform tells it to people.

        Raises:
            TerraformError: The plan cannot be read.
        """
        return self._capture("show", "-no-color", str(file))

    def outputs(self) -> dict[str, Any]:
        """The root's outputs by name.

        Raises:
            TerraformError: The state cannot be read.
        """
        found = json.loads(self._capture("output", "-json"))
        return {name: output["value"] for name, output in found.items()}

    def validate(self) -> None:
        """Check the root's files against the provider's schema.

        Raises:
            TerraformError: With every diagnostic.
        """
        self._capture("validate", "-no-color")

    def check_format(self) -> None:
        """Check that the root's HCL files are formatted as Terraform formats them.

        Raises:
            TerraformError: With the differences.
        """
        self._capture("fmt", "-check", "-diff", "-no-color")

    def provider_schemas(self) -> dict[str, Any]:
        """The schemas of the root's providers, in Terraform's JSON form.

        Raises:
            TerraformError: The root is not initialized.
        """
        shown: dict[str, Any] = json.loads(self._capture("providers", "schema", "-json"))
        return shown

    def force_unlock(self, lock: str) -> None:
        """Remove a state lock that a killed run left.

        Raises:
            TerraformError: There is no lock of that ID.
        """
        self._capture("force-unlock", "-force", lock)

    def _watch(self, command: Sequence[str], events: Events) -> int:
        with self._waiting(events.status):
            return run_lines(command, self._variables(), self.root, events.feed)

    def _waiting(self, status: Status) -> AbstractContextManager[None]:
        return self.progress.waiting(lambda: f"{self.root.name}: {status()}")

    def _capture(self, *arguments: str) -> str:
        done = self._call(*arguments)
        if done.returncode:
            raise self._refused(arguments[0], done.stderr or done.stdout)
        return done.stdout

    def _call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  # the terraform that this project found
            [str(self.binary), *arguments],
            env=self._variables(),
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def _command(self, verb: str, *options: str) -> list[str]:
        return [str(self.binary), verb, "-input=false", *options]

    def _variables(self) -> dict[str, str]:
        fixed = {"TF_DATA_DIR": str(self.data), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        without_bodies = _PROVIDER_LOG if self.environment.get(_LOG) else {}
        return {**without_bodies, **self.environment, **fixed}

    def _refused(self, verb: str, words: str) -> TerraformError:
        plain = _COLOURS.sub("", words).strip()
        return TerraformError(f"terraform {verb} in {self.root.name} failed:\n{plain}{remedies_for(plain)}")
