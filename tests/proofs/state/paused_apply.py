"""A small root module with the generated backend, whose apply pauses until it is released.

Its first resource runs a shell that waits for a file; the second, a parameter, comes after it. So an apply holds the
state's lock for as long as a test needs, and nothing depends on timing.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from generate.__main__ import main as generate
from ops.aws.access import Access
from ops.local.variables import isolated_variables
from ops.terraform.toolchain import Toolchain
from tests.support import sample
from tests.support.sample import write_settings

ENVIRONMENT: Final = "held"
PARAMETER: Final = f"/iot-pipeline/{ENVIRONMENT}/mark"
_BACKEND_FILE: Final = "versions.tf.json"
_PATIENCE_SECONDS: Final = 60.0
_PAUSE_COMMAND: Final = 'touch "$GATE/held"; until test -e "$GATE/released"; do sleep 0.05; done'
_MAIN: Final = {
    "variable": {"mark": {"type": "string"}, "gate": {"type": "string"}},
    "provider": {"aws": [{"region": "us-east-1"}]},
    "resource": {
        "terraform_data": {
            "hold": {
                "triggers_replace": "${var.mark}",
                "provisioner": [{"local-exec": {"command": _PAUSE_COMMAND, "environment": {"GATE": "${var.gate}"}}}],
            }
        },
        "aws_ssm_parameter": {
            "mark": {
                "name": PARAMETER,
                "type": "String",
                "value": "${var.mark}",
                "depends_on": ["terraform_data.hold"],
            }
        },
    },
}


def write_project(folder: Path) -> None:
    """Write a project with one environment: the generated backend, and the resources above."""
    write_settings(folder)
    assert generate(["--root", str(folder), "new", ENVIRONMENT, "--from", sample.ENVIRONMENT]) == 0
    root = folder / "envs" / ENVIRONMENT
    for file in root.glob("*.tf.json"):
        if file.name != _BACKEND_FILE:
            file.unlink()
    (root / "main.tf.json").write_text(json.dumps(_MAIN))


@dataclass(frozen=True)
class WorkingCopy:
    """One user's working copy of the root, with its own working data.

    Attributes:
        folder: The working copy.
        gate: Where an apply waits for the file `released`.
        toolchain: Terraform and its provider.
        access: The AWS.
    """

    folder: Path
    gate: Path
    toolchain: Toolchain
    access: Access

    def prepare(self, root: Path) -> None:
        """Copy the root and initialise it."""
        self.gate.mkdir()
        shutil.copytree(root, self.folder)
        done = self.run("init", "-lockfile=readonly")
        assert done.returncode == 0, done.stdout

    def run(self, *words: str, mark: str = "first") -> subprocess.CompletedProcess[str]:
        """Run Terraform until it ends."""
        with self.start(*words, mark=mark) as process:
            output, _ = process.communicate()
        return subprocess.CompletedProcess(words, process.returncode, output)

    def start(self, *words: str, mark: str = "first") -> subprocess.Popen[str]:
        """Start Terraform in its own process group."""
        variables = {"TF_VAR_mark": mark, "TF_VAR_gate": str(self.gate), "TF_IN_AUTOMATION": "1"}
        return subprocess.Popen(  # noqa: S603  # the terraform that the project found
            [str(self.toolchain.binary), *words, "-input=false", "-no-color"],
            cwd=self.folder,
            env={**isolated_variables(), **self.access.variables(), **self.toolchain.provider.variables, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def start_paused_apply(self, mark: str) -> subprocess.Popen[str]:
        """Start an apply, and return when it has paused."""
        process = self.start("apply", "-auto-approve", mark=mark)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not (self.gate / "held").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise AssertionError(f"the apply did not pause: {process.communicate()[0]}")
            time.sleep(0.05)
        return process

    def release(self) -> None:
        """Let the paused apply, and every later one, continue."""
        (self.gate / "released").touch()


def kill_group(process: subprocess.Popen[str]) -> None:
    """Kill the processes that a killed Terraform leaves: its provider, and the shell that it waited for."""
    os.killpg(process.pid, signal.SIGKILL)


@dataclass(frozen=True)
class StoredState:
    """The root's state in S3.

    Attributes:
        access: The AWS.
        bucket: The state bucket.
        key: The state's key.
    """

    access: Access
    bucket: str
    key: str

    def versions(self) -> list[dict[str, Any]]:
        """Every version of the state, the oldest first."""
        s3 = self.access.s3()
        listed = s3.list_object_versions(Bucket=self.bucket, Prefix=self.key).get("Versions", [])
        chosen = [version["VersionId"] for version in reversed(listed) if version["Key"] == self.key]
        bodies = [s3.get_object(Bucket=self.bucket, Key=self.key, VersionId=version)["Body"] for version in chosen]
        return sorted((json.loads(body.read()) for body in bodies), key=lambda state: int(state["serial"]))

    def remove(self) -> None:
        """Delete all its versions."""
        s3 = self.access.s3()
        listed = s3.list_object_versions(Bucket=self.bucket, Prefix=self.key)
        for entry in [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]:
            s3.delete_object(Bucket=self.bucket, Key=entry["Key"], VersionId=entry["VersionId"])

    def current(self) -> dict[str, Any]:
        """The newest version of the state."""
        found: dict[str, Any] = json.loads(self.access.s3().get_object(Bucket=self.bucket, Key=self.key)["Body"].read())
        return found
