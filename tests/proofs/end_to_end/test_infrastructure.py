"""The applied environment equals the generated files, and a second apply changes nothing."""

import os
import shlex
import subprocess
from io import StringIO
from pathlib import Path

import pytest

from ops.checks.scan import scan_plan
from ops.deploy.doctor import examine
from ops.local.machine import Machine, write_plan
from ops.local.pipeline import Pipeline
from ops.operate.callers import Operator
from ops.operate.logs import FUNCTIONS, log_groups, show_new_events
from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.terraform.toolchain import Toolchain

pytestmark = pytest.mark.timeout(900)


def test_a_plan_right_after_the_apply_is_empty(machine: Machine, pipeline: Pipeline, tmp_path: Path) -> None:
    assert pipeline.outputs
    assert write_plan(machine, tmp_path / "plan.json")


def test_bare_terraform_with_the_administrators_variables_plans_nothing(
    machine: Machine, pipeline: Pipeline, toolchain: Toolchain, tmp_path: Path
) -> None:
    assert pipeline.outputs
    terraform = f"{shlex.quote(str(toolchain.binary))} -chdir=envs/{machine.environment}"
    sourced = shlex.quote(str(machine.layout.administrator_variables))
    script = (
        f". {sourced}; {terraform} init -input=false -lockfile=readonly >&2; {terraform} plan -input=false -no-color"
    )
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    own = {**toolchain.provider.variables, "TF_DATA_DIR": str(tmp_path / "data"), "CHECKPOINT_DISABLE": "1"}

    done = subprocess.run(  # noqa: S603  # a command of this test
        ["/bin/sh", "-euc", script],
        cwd=machine.project,
        env={**kept, **own, "TF_WORKSPACE": "another", "HTTPS_PROXY": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "No changes. Your infrastructure matches the configuration." in done.stdout, done.stdout + done.stderr


def test_the_plan_of_what_is_applied_passes_checkov(machine: Machine, pipeline: Pipeline, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    assert pipeline.outputs
    write_plan(machine, plan)

    assert scan_plan(ROOT, plan) == 0


def test_a_second_up_changes_nothing(machine: Machine, pipeline: Pipeline) -> None:
    output = StringIO()

    again = Machine(machine.project, machine.layout, machine.environment, Progress(output)).up()

    assert again == pipeline
    assert "nothing has changed since" in output.getvalue()
    assert "starting" not in output.getvalue()


def test_every_function_has_its_log_group_with_its_retention(pipeline: Pipeline) -> None:
    logs = pipeline.administrator.logs()
    found = {group["logGroupName"]: group.get("retentionInDays") for group in logs.describe_log_groups()["logGroups"]}

    for name in FUNCTIONS.values():
        assert found[f"/aws/lambda/{pipeline.outputs[name]}"] == 30


def test_the_functions_logs_are_shown(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    operator = Operator(pipeline.administrator, pipeline.outputs)

    show_new_events(log_groups(operator, ["ingestion"], since=0))

    assert "ingestion START RequestId" in capsys.readouterr().out


def test_the_doctor_finds_no_problem_in_an_applied_environment(machine: Machine, pipeline: Pipeline) -> None:
    findings = list(examine(machine.project, machine.environment, pipeline.administrator, Progress(StringIO())))

    assert [finding.text for finding in findings if not finding.ok] == []
    assert len(findings) == 8  # none was skipped
