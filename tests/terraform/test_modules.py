"""Each module by itself: it takes valid inputs, and what it refuses it names."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from ops.project import ROOT
from ops.terraform.toolchain import Toolchain
from tests.terraform.cases import CASES, Case
from tests.terraform.runs import run_tests


def test_every_module_has_a_case() -> None:
    assert set(CASES) == {path.name for path in (ROOT / "modules").iterdir()}


@pytest.mark.parametrize("name", sorted(CASES))
def test_it_takes_valid_inputs_and_names_the_bad_ones(name: str, toolchain: Toolchain, tmp_path: Path) -> None:
    module = tmp_path / name
    shutil.copytree(ROOT / "modules" / name, module)

    result = run_tests(toolchain, module, CASES[name].valid, runs(CASES[name]))

    assert result.errors == []
    assert set(result.statuses.values()) == {"pass"}
    assert len(result.statuses) == 1 + len(CASES[name].refused)


def runs(case: Case) -> dict[str, Any]:
    """A run of the valid inputs, and one for each refusal."""
    assertions = [
        {"condition": f"${{{condition}}}", "error_message": message} for condition, message in case.assertions.items()
    ]
    refusals = {
        f"refused_{number}": {"command": "plan", "variables": refused.inputs, "expect_failures": [refused.by]}
        for number, refused in enumerate(case.refused)
    }
    return {"valid": {"command": "plan", "assert": assertions}, **refusals}
