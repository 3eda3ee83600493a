"""A small root with the generated backend, whose apply stops in the middle until it is let go.

Its first resource runs a shell that waits for a file; the second, a parameter, comes after it. So an apply holds the
state's lock for exactly as long as a test wants, and nothing is left to timing.
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
_HOLD: Final = 'touch "$GATE/held"; until test -e "$GATE/released"; do sleep 0.05; done'
_MAIN: Final = {
    "variable": {"mark": {"type": "string"}, "gate": {"type": "string"}},
    "provider": {"aws": [{"region": "us-east-1"}]},
    "resource": {
        "terraform_data": {
            "hold": {
                "triggers_replace": "${var.mark}",
                "provisioner": [{"local-exec": {"command": _HOLD, "environment": {"GATE": "${var.gate}"}}}],
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
    """A project with one environment, its backend as the generator writes it and its resources those above."""
    write_settings(folder)
    assert generate(["--root", str(folder), "new", ENVIRONMENT, "--from", sample.ENVIRONMENT]) == 0
    root = folder / "envs" / ENVIRONMENT
    for file in root.glob("*.tf.json"):
        if file.name != _BACKEND_FILE:
            file.unlink()
    (root / "main.tf.json").write_text(json.dumps(_MAIN))


@dataclass(frozen=True)
class Workplace:
    """One person's checkout of the root, with working data of its own.

    Attributes:
        folder: The checkout.
        gate: Where an apply waits for the file `released`.
        toolchain: Terraform and its provider.
        access: The AWS.
    """

    folder: Path
    gate: Path
    toolchain: Toolchain
    access: Access

    def prepare(self, root: Path) -> None:
        """Check the root out and initialise it."""
        self.gate.mkdir()
        shutil.copytree(root, self.folder)
        done = self.run("init", "-lockfile=readonly")
        assert done.returncode == 0, done.stdout

    def run(self, *words: str, mark: str = "first") -> subprocess.CompletedProcess[str]:
        """Run Terraform to its end."""
        with self.start(*words, mark=mark) as process:
            output, _ = process.communicate()
        return subprocess.CompletedProcess(words, process.returncode, output)

    def start(self, *words: str, mark: str = "first") -> subprocess.Popen[str]:
        """Start Terraform in a process group of its own."""
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

    def start_held(self, mark: str) -> subprocess.Popen[str]:
        """Start an apply, and come back when it is in the middle."""
        process = self.start("apply", "-auto-approve", mark=mark)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not (self.gate / "held").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise AssertionError(f"the apply is not held: {process.communicate()[0]}")
            time.sleep(0.05)
        return process

    def release(self) -> None:
        """Let the held apply, and every later one, go on."""
        (self.gate / "released").touch()


def kill_group(process: subprocess.Popen[str]) -> None:
    """Kill what a Terraform of ours left behind: its provider, and the shell that it waited for."""
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
        """Every version of the state that was ever written, the oldest first."""
        s3 = self.access.s3()
        listed = s3.list_object_versions(Bucket=self.bucket, Prefix=self.key).get("Versions", [])
        chosen = [version["VersionId"] for version in reversed(listed) if version["Key"] == self.key]
        bodies = [s3.get_object(Bucket=self.bucket, Key=self.key, VersionId=version)["Body"] for version in chosen]
        return sorted((json.loads(body.read()) for body in bodies), key=lambda state: int(state["serial"]))

    def remove(self) -> None:
        """Leave nothing of it in the bucket."""
        s3 = self.access.s3()
        listed = s3.list_object_versions(Bucket=self.bucket, Prefix=self.key)
        for entry in [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]:
            s3.delete_object(Bucket=self.bucket, Key=entry["Key"], VersionId=entry["VersionId"])

    def current(self) -> dict[str, Any]:
        """The state as the next run reads it."""
        found: dict[str, Any] = json.loads(self.access.s3().get_object(Bucket=self.bucket, Key=self.key)["Body"].read())
        return found
