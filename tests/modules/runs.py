"""Runs `terraform test` with a mocked provider: no AWS, no credentials."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generate.naming import FUNCTIONS, LAYER_PACKAGE, digest_name, package_name
from ops.terraform.toolchain import Toolchain
from tests.support.sample import LOCK

MOCKED_ARNS = {
    "aws_kms_key": "arn:aws:kms:us-east-1:123456789012:key/1234",
    "aws_sqs_queue": "arn:aws:sqs:us-east-1:123456789012:queue",
    "aws_sns_topic": "arn:aws:sns:us-east-1:123456789012:topic",
    "aws_iam_role": "arn:aws:iam::123456789012:role/role",
    "aws_lambda_function": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "aws_lambda_layer_version": "arn:aws:lambda:us-east-1:123456789012:layer:l:1",
    "aws_cloudwatch_log_group": "arn:aws:logs:us-east-1:123456789012:log-group:g",
    "aws_dynamodb_table": "arn:aws:dynamodb:us-east-1:123456789012:table/t",
}
"""Resources whose ARN another one's arguments must be able to parse."""


@dataclass(frozen=True)
class Result:
    """What came of a test file.

    Attributes:
        errors: The diagnostics by run.
        statuses: `pass`, `fail` or `error` by run.
    """

    errors: dict[str, list[dict[str, Any]]]
    statuses: dict[str, str]


def run_tests(
    toolchain: Toolchain, folder: Path, variables: dict[str, Any], runs: dict[str, Any], **alias: str
) -> Result:
    """Run tests in a copy of a module or root, each by itself: after a refusal Terraform skips a file's other runs.

    Args:
        toolchain: Terraform and its provider.
        folder: The copy.
        variables: Of all runs.
        runs: Terraform's `run` blocks by name.
        alias: `alias`, where it is not the default provider that is mocked.
    """
    packages = folder / "packages"
    packages.mkdir()
    for file in (LAYER_PACKAGE, *(package_name(function) for function in FUNCTIONS)):
        (packages / digest_name(file)).write_text("digest")  # a plan reads it, and not the package
    shutil.copy(LOCK, folder)
    mocks = {kind: {"defaults": {"arn": arn}} for kind, arn in MOCKED_ARNS.items()}
    data = {"aws_iam_policy_document": {"defaults": {"json": "{}"}}}
    provider = {"aws": {"mock_resource": mocks, "mock_data": data, **alias}}
    for name, run in runs.items():
        (folder / f"{name}.tftest.json").write_text(
            json.dumps({"mock_provider": provider, "variables": variables, "run": {name: run}})
        )
    return _result(toolchain, folder)


def _result(toolchain: Toolchain, folder: Path) -> Result:
    environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ} | {"AWS_REGION": "us-east-1"}
    data = folder / ".terraform"
    terraform = toolchain.on(folder, data, environment)
    terraform.init("-backend=false")
    done = subprocess.run(  # noqa: S603 - the terraform that the project found
        [str(toolchain.binary), "test", "-json"],
        cwd=folder,
        env={**terraform.environment, "TF_DATA_DIR": str(data), "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    statuses = [event["test_run"] for event in events if event.get("test_run", {}).get("progress") == "complete"]
    errors: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        if event["type"] == "diagnostic":
            errors.setdefault(event.get("@testrun", ""), []).append(event["diagnostic"])
    return Result(errors, {run["run"]: run["status"] for run in statuses})
