"""The steps of docs/extend.md add a function with a route: four files, and no list to edit."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ops.project.paths import ROOT
from tests.proofs.adoption.tree_copy import copy_tree
from tests.support.proving import Figures

PAGE = ROOT / "docs" / "extend.md"
_FILE = re.compile(r"^`([\w/]+\.py)`, [^\n]*:\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def documented_files() -> dict[str, str]:
    """The files of the walk-through by path."""
    return dict(_FILE.findall(PAGE.read_text(encoding="utf-8")))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the project with the files of the walk-through."""
    copy_tree(tmp_path / "copy")
    for path, text in documented_files().items():
        assert not (tmp_path / "copy" / path).exists()
        (tmp_path / "copy" / path).write_text(text)
    return tmp_path / "copy"


def run(tree: Path, *module: str) -> subprocess.CompletedProcess[str]:
    """Run a module of the copy."""
    return subprocess.run(  # noqa: S603  # this interpreter
        [sys.executable, "-m", *module], cwd=tree, capture_output=True, text=True, check=False
    )


@pytest.mark.proof("modules alone")
def test_the_documented_files_are_a_function_with_a_route(tree: Path, figures: Figures) -> None:
    assert len(documented_files()) == 4

    linted = run(tree, "ruff", "check", *documented_files())
    assert linted.returncode == 0, linted.stdout

    assert run(tree, "generate").returncode == 0
    assert run(tree, "generate", "--check").returncode == 0
    assert run(tree, "tests.generate.golden").returncode == 0
    tested = run(tree, "pytest", "-q", "-p", "no:cacheprovider", "tests/handlers/test_latest.py", "tests/generate")
    assert tested.returncode == 0, tested.stdout

    root = json.loads((tree / "envs/dev/main.tf.json").read_text())["module"]
    assert root["latest"]["handler"] == "handlers.latest.lambda_handler"
    assert "/aws/lambda/data-latest-dev" in root["data"]["log_group_names"]
    assert root["api"]["latest_invoke_arn"] == "${module.latest.invoke_arn}"
    assert root["monitoring"]["latest_function"]["name"] == "${module.latest.function_name}"
    api = json.loads((tree / "modules/api/main.tf.json").read_text())["resource"]
    assert api["aws_api_gateway_method"]["get_devices_device_id_latest"]["request_parameters"] == {
        "method.request.path.device_id": True
    }
    assert api["aws_lambda_permission"]["get_devices_device_id_latest"]["source_arn"].endswith("/GET/devices/*/latest")
    assert "/devices/{device_id}/latest" in json.loads((tree / "docs/openapi.json").read_text())["paths"]
    assert "LatestFunctionName" in json.loads((tree / "envs/dev/outputs.tf.json").read_text())["output"]
    figures.count("functions added by following docs/extend.md")


def test_a_missing_entry_point_is_named(tree: Path) -> None:
    (tree / "handlers/latest.py").unlink()

    done = run(tree, "generate")

    assert done.returncode == 2
    assert "generate/functions/latest.py: handlers/latest.py is missing" in done.stderr
