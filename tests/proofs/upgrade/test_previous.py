"""The archive of the previous version is complete, and a plan shows what an upgrade would destroy."""

import json
from pathlib import Path

from ops.terraform.provider import LOCK_FILE
from tests.proofs.upgrade.previous import ARCHIVE, generated, pack, unpack
from tests.proofs.upgrade.replacements import destroyed, kept_resources
from tests.support.sample import ROOTS, write_generated

MODULE_FILES = {"main.tf.json", "outputs.tf.json", "variables.tf.json", "versions.tf.json"}
ROOT_FILES = {"main.tf.json", "outputs.tf.json", "versions.tf.json", LOCK_FILE}


def test_packed_files_are_unpacked_unchanged(tmp_path: Path) -> None:
    project, copy = tmp_path / "project", tmp_path / "copy"
    write_generated(project)

    unpack(pack(project), copy)

    packed = {path.relative_to(project): path.read_bytes() for path in generated(project)}
    assert {path.relative_to(copy): path.read_bytes() for path in generated(copy)} == packed
    assert pack(copy) == pack(project)


def test_the_archive_contains_every_module_and_root(tmp_path: Path) -> None:
    unpack(ARCHIVE.read_bytes(), tmp_path)

    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    mains = [json.loads((tmp_path / "envs" / root / "main.tf.json").read_text()) for root in ROOTS]
    modules = {call["source"].rpartition("/")[2] for main in mains for call in main.get("module", {}).values()}
    assert modules >= {"api", "data", "monitoring", "queueing"}
    expected = {f"modules/{module}/{name}" for module in modules for name in MODULE_FILES}
    expected |= {f"envs/{root}/{name}" for root in ROOTS for name in ROOT_FILES}
    assert expected <= found
    assert {path.relative_to(tmp_path).as_posix() for path in generated(tmp_path)} == found


def change(address: str, kind: str, *actions: str, before: object) -> dict[str, object]:
    return {"address": address, "type": kind, "change": {"actions": list(actions), "before": before}}


def test_deleted_and_replaced_resources_are_destroyed() -> None:
    plan = {
        "resource_changes": [
            change("a", "aws_sqs_queue", "delete", "create", before={}),
            change("b", "aws_sns_topic", "create", "delete", before={}),
            change("c", "aws_dynamodb_table", "delete", before={}),
            change("d", "aws_kms_key", "update", before={}),
            change("e", "aws_sqs_queue", "create", before=None),
            change("f", "aws_iam_role", "no-op", before={}),
        ]
    }

    assert destroyed(plan) == {"a": "aws_sqs_queue", "b": "aws_sns_topic", "c": "aws_dynamodb_table"}
    assert kept_resources(plan) == ["a", "b", "c", "d"]
