"""Every module can be called in each way that Terraform has, with values of every kind for each of its variables."""

import json
import shutil
from pathlib import Path

import pytest

from ops.project.paths import ROOT
from ops.terraform.toolchain import Toolchain
from tests.modules.cases import CASES
from tests.modules.runs import run_tests
from tests.modules.uses import USES
from tests.support.proving import Figures

pytestmark = pytest.mark.proof("modules alone")


@pytest.mark.parametrize("use", USES)
def test_every_module_can_be_called(use: str, toolchain: Toolchain, tmp_path: Path, figures: Figures) -> None:
    root = tmp_path / "root"
    root.mkdir()
    shutil.copytree(ROOT / "modules", tmp_path / "modules")
    shutil.copy(ROOT / "modules/data/versions.tf.json", root)
    (root / "main.tf.json").write_text(json.dumps(USES[use]()))
    alias = {"alias": "other"} if use == "aliased" else {}

    result = run_tests(toolchain, root, {}, {use: {"command": "plan"}}, **alias)

    assert {run: [each["detail"] for each in found] for run, found in result.errors.items()} == {}
    assert result.statuses == {use: "pass"}
    figures.tried("modules called by for_each, count, a provider alias, unknown and sensitive values", len(CASES))
