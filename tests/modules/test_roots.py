"""Every environment of the tree can be planned with its own settings; the end-to-end tests apply the sample's."""

import shutil
from pathlib import Path

import pytest

from generate.reading import environment_names
from ops.project.paths import ROOT
from ops.terraform.toolchain import Toolchain
from tests.generate.golden import GOLDEN
from tests.modules.runs import run_tests

ROOTS = [ROOT / "envs" / name for name in environment_names(ROOT)]
ROOTS += [GOLDEN / "variants" / "envs" / "all-features"]


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_it_can_be_planned(root: Path, toolchain: Toolchain, tmp_path: Path) -> None:
    copy = tmp_path / "envs" / root.name
    shutil.copytree(root, copy)
    shutil.copytree(ROOT / "modules", tmp_path / "modules")

    result = run_tests(toolchain, copy, {"api_key": "x" * 20, "packages": "packages"}, {"plan": {"command": "plan"}})

    assert result.errors == {}
    assert result.statuses == {"plan": "pass"}
