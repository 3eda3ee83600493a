"""Each module by itself under `terraform test`, with a mocked provider: no AWS, no credentials."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from generate.naming import LAYER_PACKAGE, package_name
from ops.progress import Progress
from ops.terraform.toolchain import Toolchain, find_toolchain
from tests.terraform.cases import CASES, Case

ROOT = Path(__file__).parent.parent.parent
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


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return find_toolchain(ROOT, ROOT / "envs" / "dev", Progress())


def test_every_module_has_a_case() -> None:
    assert set(CASES) == {path.name for path in (ROOT / "modules").iterdir()}


@pytest.mark.parametrize("name", sorted(CASES))
def test_it_takes_valid_inputs_and_names_the_bad_ones(name: str, toolchain: Toolchain, tmp_path: Path) -> None:
    module = tmp_path / name
    shutil.copytree(ROOT / "modules" / name, module)
    shutil.copy(ROOT / "envs/dev/.terraform.lock.hcl", module)
    packages(module / "packages")
    (module / "main.tftest.json").write_text(json.dumps(tftest(CASES[name])))

    environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ} | {"AWS_REGION": "us-east-1"}
    terraform = toolchain.on(module, module / ".terraform", environment)
    terraform.init("-backend=false")
    done = subprocess.run(  # noqa: S603 - the terraform that the project found
        [str(toolchain.binary), "test", "-json"],
        cwd=module,
        env={**terraform.environment, "TF_DATA_DIR": str(module / ".terraform"), "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    events = [json.loads(line) for line in done.stdout.splitlines()]
    errors = [event["diagnostic"] for event in events if event["type"] == "diagnostic"]
    runs = {
        event["test_run"]["run"]: event["test_run"]["status"]
        for event in events
        if "status" in event.get("test_run", {})
    }
    assert errors == []
    assert set(runs.values()) == {"pass"}
    assert len(runs) == 1 + len(CASES[name].refused)


def packages(folder: Path) -> None:
    """Empty packages: a plan reads their digests."""
    folder.mkdir()
    for file in (LAYER_PACKAGE, *(package_name(function) for function in ("ingestion", "processor", "query"))):
        (folder / file).write_bytes(b"")


def tftest(case: Case) -> dict[str, Any]:
    """Terraform's own test file for a module."""
    mocks = {kind: {"defaults": {"arn": arn}} for kind, arn in MOCKED_ARNS.items()}
    data = {"aws_iam_policy_document": {"defaults": {"json": "{}"}}}
    runs: dict[str, Any] = {
        "valid": {
            "command": "plan",
            "assert": [
                {"condition": f"${{{condition}}}", "error_message": message}
                for condition, message in case.assertions.items()
            ],
        }
    }
    for number, refused in enumerate(case.refused):
        runs[f"refused_{number}"] = {
            "command": "plan",
            "variables": refused.inputs,
            "expect_failures": [refused.by],
        }
    return {
        "mock_provider": {"aws": {"mock_resource": mocks, "mock_data": data}},
        "variables": case.valid,
        "run": runs,
    }
