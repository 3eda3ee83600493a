"""Each module by itself: it takes valid inputs, and what breaks a condition of its files is refused in its words.

The conditions are read from the modules' files. Terraform reports all faults of the variables at once, and so one run
breaks all of them.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest

from ops.project.paths import ROOT
from ops.terraform.toolchain import Toolchain
from tests.modules.cases import CASES, Case
from tests.modules.conditions import conditions_of
from tests.modules.runs import run_tests
from tests.support.proving import Figures


def test_every_module_has_a_case() -> None:
    assert set(CASES) == {path.name for path in (ROOT / "modules").iterdir()}


@pytest.mark.proof("modules alone")
@pytest.mark.parametrize("name", sorted(CASES))
def test_it_takes_valid_inputs_and_refuses_by_every_condition(
    name: str, toolchain: Toolchain, tmp_path: Path, figures: Figures
) -> None:
    module = tmp_path / name
    shutil.copytree(ROOT / "modules" / name, module)
    conditions = conditions_of(module)

    result = run_tests(toolchain, module, CASES[name].valid, runs(CASES[name]))

    assert result.errors.pop("valid", []) == []
    refusals = [diagnostic for run in result.errors.values() for diagnostic in run]
    unexplained = [
        refusal for refusal in refusals if not any(condition.is_reported_by(refusal) for condition in conditions)
    ]
    assert unexplained == []
    assert [condition for condition in conditions if not any(map(condition.is_reported_by, refusals))] == []
    assert {f"var.{variable}" for variable in CASES[name].bad} <= {condition.place for condition in conditions}
    assert {run for run, status in result.statuses.items() if status == "pass"} == {"valid"}
    figures.count("modules that plan valid inputs by themselves")
    figures.tried("validations and preconditions that refuse with their message", len(conditions))


def runs(case: Case) -> dict[str, Any]:
    """A run of the valid inputs, one that breaks every variable, and one for each conflict."""
    assertions = [
        {"condition": f"${{{condition}}}", "error_message": message} for condition, message in case.assertions.items()
    ]
    refused = [case.bad, *case.conflicts]
    refusals = {f"refused_{number}": {"command": "plan", "variables": inputs} for number, inputs in enumerate(refused)}
    return {"valid": {"command": "plan", "assert": assertions}, **refusals}
