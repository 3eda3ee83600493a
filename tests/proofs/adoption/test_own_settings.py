"""Whoever adopts the project has environments and settings of their own, and the tests stay green."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from generate.reading import SETTINGS_FILE, environment_names
from ops.project.paths import ACCOUNT, ROOT
from tests.proofs.adoption.copied import copy_tree
from tests.support import sample
from tests.support.proving import Figures
from tests.support.sample import SAMPLE, write_settings

OWN: Final = Path(__file__).parent / SETTINGS_FILE
SENSITIVE: Final = (
    *(
        "generate/test_golden.py",
        "generate/test_command_line.py",
        "ops/capacity/test_report.py",
        "bench/test_sources.py",
    ),
    *("ops/deploy/test_deploying.py", "ops/deploy/test_doctor.py", "ops/operate/test_operating.py"),
    *("ops/deploy/test_state_lock.py", "generate/test_new.py", "ops/cli/test_options.py"),
    "ops/aws/test_embedded_guard.py",
)
"""Tests that look, or once looked, at `envs/`; `test_all_tests_stay_green` runs the others, too."""
_QUICK: Final = "not slow and not pipeline"
_OF_A_RUN: Final = ("PYTEST_", "COV_", "COVERAGE_")
"""What pytest, xdist and coverage hand on to their own processes."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    copy_tree(tmp_path / "fork")
    return tmp_path / "fork"


def run(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one of the tree's own modules."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(_OF_A_RUN)}
    return subprocess.run(  # noqa: S603  # a module of this project
        [sys.executable, "-m", *words], cwd=tree, env=variables, capture_output=True, text=True, check=False
    )


def run_tests(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run(tree, "pytest", "-q", "-p", "no:cacheprovider", *words)


def change_settings(tree: Path) -> None:
    """Every environment of the tree gets settings of its own, and the account its bucket."""
    for name in environment_names(tree):
        shutil.copy(OWN, tree / "envs" / name)
    state = 'region = "eu-west-1"\n\n[state]\nbucket = "my-own-state"\nregion = "eu-west-1"\n'
    (tree / "envs" / ACCOUNT / SETTINGS_FILE).write_text(f"#:schema settings.schema.json\n{state}")


def change_environments(tree: Path) -> None:
    """None of the tree's environments stays; there is one under another name, and one with other settings."""
    for name in environment_names(tree):
        shutil.rmtree(tree / "envs" / name)
    write_settings(tree)
    (tree / "envs" / sample.ENVIRONMENT).rename(tree / "envs" / "renamed-1")
    assert run(tree, "generate", "new", "added-1", "--from", "renamed-1").returncode == 0
    shutil.copy(OWN, tree / "envs" / "added-1")


def test_the_settings_are_others_than_the_projects() -> None:
    own = tomllib.loads(OWN.read_text())
    for path in SAMPLE.glob(f"envs/*/{SETTINGS_FILE}"):
        sample = tomllib.loads(path.read_text())
        assert [key for key, value in sample.items() if own[key] == value] == []


def test_until_they_are_generated_the_tests_say_what_to_do(tree: Path) -> None:
    change_settings(tree)

    done = run_tests(tree, "tests/generate/test_golden.py")

    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "run make generate, and commit what it writes" in done.stdout


def test_the_tests_of_environments_stay_green(tree: Path) -> None:
    change_environments(tree)
    assert run(tree, "generate").returncode == 0

    done = run_tests(tree, "-m", _QUICK, *(f"tests/{name}" for name in SENSITIVE))

    assert done.returncode == pytest.ExitCode.OK, done.stdout


@pytest.mark.slow
@pytest.mark.proof("modules alone")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("change", [change_settings, change_environments])
def test_all_tests_stay_green(tree: Path, change: Callable[[Path], None], figures: Figures) -> None:
    change(tree)
    assert run(tree, "generate").returncode == 0
    for shared in ("build", ".venv"):
        (tree / shared).symlink_to(ROOT / shared)

    done = run_tests(tree, "-m", _QUICK, "-n", "auto", "--ignore", "tests/proofs/adoption")

    assert done.returncode == pytest.ExitCode.OK, done.stdout
    (passed,) = re.findall(r"(\d+) passed", done.stdout)
    figures.tried("tests that pass under environments and settings of somebody's own", int(passed))
