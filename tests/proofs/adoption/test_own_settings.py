"""The tests pass with environments and settings of somebody who adopts the project."""

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
from tests.proofs.adoption.tree_copy import copy_tree
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
    *("ops/deploy/test_deploying.py", "ops/operate/test_operating.py"),
    *("generate/test_new.py", "ops/cli/test_options.py"),
    "ops/aws/test_embedded_guard.py",
)
"""Tests that read `envs/`; `test_all_tests_pass` runs the others, too."""
_QUICK: Final = "not slow and not pipeline"
_TEST_RUN_PREFIXES: Final = ("PYTEST_", "COV_", "COVERAGE_")
"""Environment variables that pytest, xdist and coverage set for their own processes."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    copy_tree(tmp_path / "fork")
    return tmp_path / "fork"


def run(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module of the tree."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(_TEST_RUN_PREFIXES)}
    return subprocess.run(  # noqa: S603  # a module of this project
        [sys.executable, "-m", *words], cwd=tree, env=variables, capture_output=True, text=True, check=False
    )


def run_tests(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run(tree, "pytest", "-q", "-p", "no:cacheprovider", *words)


def change_settings(tree: Path) -> None:
    """Give every environment of the tree other settings, and the account its own bucket."""
    for name in environment_names(tree):
        shutil.copy(OWN, tree / "envs" / name)
    state = 'region = "eu-west-1"\n\n[state]\nbucket = "my-own-state"\nregion = "eu-west-1"\n'
    (tree / "envs" / ACCOUNT / SETTINGS_FILE).write_text(f"#:schema settings.schema.json\n{state}")


def change_environments(tree: Path) -> None:
    """Replace the tree's environments by one with another name, and one with other settings."""
    for name in environment_names(tree):
        shutil.rmtree(tree / "envs" / name)
    write_settings(tree)
    (tree / "envs" / sample.ENVIRONMENT).rename(tree / "envs" / "renamed-1")
    assert run(tree, "generate", "new", "added-1", "--from", "renamed-1").returncode == 0
    shutil.copy(OWN, tree / "envs" / "added-1")


def test_every_setting_differs_from_the_projects() -> None:
    own = tomllib.loads(OWN.read_text())
    for path in SAMPLE.glob(f"envs/*/{SETTINGS_FILE}"):
        sample = tomllib.loads(path.read_text())
        assert [key for key, value in sample.items() if own[key] == value] == []


def test_before_they_are_generated_the_tests_say_what_to_do(tree: Path) -> None:
    change_settings(tree)

    done = run_tests(tree, "tests/generate/test_golden.py")

    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "run make generate, and commit what it writes" in done.stdout


@pytest.mark.long
def test_the_tests_of_environments_pass(tree: Path) -> None:
    change_environments(tree)
    assert run(tree, "generate").returncode == 0

    done = run_tests(tree, "-m", _QUICK, *(f"tests/{name}" for name in SENSITIVE))

    assert done.returncode == pytest.ExitCode.OK, done.stdout


@pytest.mark.slow
@pytest.mark.proof("modules alone")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("change", [change_settings, change_environments])
def test_all_tests_pass(tree: Path, change: Callable[[Path], None], figures: Figures) -> None:
    change(tree)
    assert run(tree, "generate").returncode == 0
    for shared in ("build", ".venv"):
        (tree / shared).symlink_to(ROOT / shared)

    done = run_tests(tree, "-m", _QUICK, "-n", "auto", "--ignore", "tests/proofs/adoption")

    assert done.returncode == pytest.ExitCode.OK, done.stdout
    (passed,) = re.findall(r"(\d+) passed", done.stdout)
    figures.tried("tests that pass with other environments and settings", int(passed))
