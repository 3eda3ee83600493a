"""An environment of the previous version is upgraded in place: no resource with data or a known address is replaced."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generate.reading import SETTINGS_FILE
from ops.local.pipeline import Pipeline
from ops.project.paths import ROOT
from ops.project.programs import interruptible
from ops.project.progress import Progress
from ops.terraform.runner import Terraform
from tests.proofs.upgrade.previous import ARCHIVE, unpack
from tests.proofs.upgrade.replacements import KEPT, REPLACED, destroyed, kept_resources
from tests.support.applied_state import AppliedStates
from tests.support.planned_changes import planned_changes
from tests.support.proving import Figures
from tests.support.sample import ENVIRONMENT, ROOTS, SAMPLE, link_code, write_generated

pytestmark = [pytest.mark.proof("modules alone"), pytest.mark.slow, pytest.mark.timeout(900)]
BUILD = ROOT / "build" / "upgrade"
READING = {"device_id": {"S": "before-the-upgrade"}, "timestamp": {"N": "1"}}
REPLACING_CHANGES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "aws_dynamodb_table": (
        "data",
        "raw",
        {"range_key": "moment", "attribute": [{"name": "device_id", "type": "S"}, {"name": "moment", "type": "N"}]},
    ),
    "aws_kms_key": ("data", "this", {"multi_region": True}),
    "aws_ssm_parameter": ("data", "config", {"name": "/elsewhere/config"}),
    "aws_sqs_queue": ("queueing", "dead_letter", {"name": "another-queue"}),
    "aws_sns_topic": ("queueing", "alerts", {"name": "another-topic"}),
    "aws_cloudwatch_log_group": ("ingestion", "this", {"name": "/aws/lambda/another-${var.function_name}"}),
}
"""For each type a change that requires replacement: the root's module call, the resource, its new arguments."""
RENAMED = "aws_api_gateway_rest_api"
"""Terraform changes each of its arguments in place (AWS provider, `internal/service/apigateway/rest_api.go`: none is
`ForceNew`); it is replaced where it is renamed without a `moved` block."""


@pytest.fixture(scope="module")
def project() -> Path:
    """A project of the previous version, always in the same folder: the state contains the path of the packages."""
    folder = BUILD / "project"
    shutil.rmtree(folder, ignore_errors=True)
    unpack(ARCHIVE.read_bytes(), folder)
    for root in ROOTS:
        shutil.copy(SAMPLE / "envs" / root / SETTINGS_FILE, folder / "envs" / root)
    link_code(folder, "build")
    return folder


@pytest.fixture(scope="module")
def previous(project: Path) -> Iterator[tuple[Pipeline, Terraform]]:
    """The previous version applied, and Terraform on the project's root."""
    kept = AppliedStates(project, BUILD / "kept", Progress())
    machine = kept.machine()
    try:
        with interruptible():
            pipeline = kept.up()
        yield pipeline, machine.deployment(pipeline.administrator).terraform()
    finally:
        machine.down()


def generate_current(project: Path, changes: dict[str, tuple[str, str, dict[str, Any]]] | None = None) -> None:
    """Replace the previous version's files with those that this tree generates.

    Args:
        project: The project of the previous version.
        changes: Further changes, as in REPLACING_CHANGES.
    """
    write_generated(project)
    calls = json.loads((project / "envs" / ENVIRONMENT / "main.tf.json").read_text())["module"]
    for kind, (call, name, arguments) in (changes or {}).items():
        file = project / "envs" / ENVIRONMENT / calls[call]["source"] / "main.tf.json"
        document = json.loads(file.read_text())
        document["resource"][kind][name].update(arguments)
        file.write_text(json.dumps(document))


def rename_api(project: Path) -> None:
    for file in (project / "modules" / "api").glob("*.tf.json"):
        document = json.loads(file.read_text().replace(f"{RENAMED}.this", f"{RENAMED}.another"))
        if apis := document.get("resource", {}).get(RENAMED):
            apis["another"] = apis.pop("this")
        file.write_text(json.dumps(document))


def plan(terraform: Terraform) -> dict[str, Any]:
    terraform.init("-reconfigure")
    file = BUILD / "upgrade.tfplan"
    try:
        terraform.save_plan(file)
        return terraform.show_plan(file)
    finally:
        file.unlink(missing_ok=True)


def test_an_upgrade_replaces_no_resource_with_data_or_an_address(
    project: Path, previous: tuple[Pipeline, Terraform], figures: Figures
) -> None:
    pipeline, terraform = previous
    dynamodb, table = pipeline.administrator.dynamodb(), pipeline.outputs["RawSensorTableName"]
    dynamodb.put_item(TableName=table, Item=READING)
    generate_current(project)

    upgrade = plan(terraform)

    kept = kept_resources(upgrade)
    assert {address.split(".")[-2] for address in kept} == set(KEPT)
    assert [address for address, kind in destroyed(upgrade).items() if kind not in REPLACED] == []
    figures.tried("tables, queues, topics, keys, parameters, log groups and APIs that are not replaced", len(kept))

    changes = planned_changes(upgrade)
    terraform.apply()
    assert planned_changes(plan(terraform)) == []
    assert dynamodb.get_item(TableName=table, Key=READING)["Item"] == READING
    figures.count("upgrades applied, with an empty plan after them and an earlier reading still stored")
    figures.measure("changes from the previous version to this one", len(changes))


def test_a_change_that_requires_replacement_is_found(
    project: Path, previous: tuple[Pipeline, Terraform], figures: Figures
) -> None:
    _, terraform = previous
    generate_current(project, REPLACING_CHANGES)
    rename_api(project)
    planted = {kind: f"module.{call}.{kind}.{name}" for kind, (call, name, _) in REPLACING_CHANGES.items()}
    planted[RENAMED] = f"module.api.{RENAMED}.this"
    assert set(planted) == set(KEPT)

    found = destroyed(plan(terraform))

    for kind, address in planted.items():
        assert found.get(address) == kind, found
        assert kind not in REPLACED
        figures.count("types of resource whose planted replacement or removal is found")
