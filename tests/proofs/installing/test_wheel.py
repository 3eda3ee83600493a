"""The wheel contains the library with its data, and installs the command `iot-pipeline`."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from io import StringIO
from pathlib import Path

import pytest

from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.setup.installer import find_uv

_FOLDERS = ("generate", "handlers", "ops")
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built as pip builds it."""
    source = tmp_path_factory.mktemp("source")
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    backend = _PROJECT["build-system"]["build-backend"]
    program = f"import {backend}; print({backend}.build_wheel('.'))"
    # The backend looks for its own program on PATH, where pip puts the environment that it builds in.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(  # noqa: S603  # this interpreter
        [sys.executable, "-c", program],
        cwd=source,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return source / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in a new environment, with this environment's packages as its dependencies."""
    folder = tmp_path_factory.mktemp("empty") / "venv"
    uv = find_uv(Progress(StringIO()))
    for arguments in (
        ["venv", "--quiet", "--python", sys.executable, str(folder)],
        ["pip", "install", "--quiet", "--offline", "--no-deps", "--python", str(folder / "bin/python"), str(wheel)],
    ):
        subprocess.run([uv, *arguments], check=True)  # noqa: S603  # the uv that this project found
    (packages,) = folder.glob("lib/python*/site-packages")
    (current,) = Path(sys.prefix).glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(f"{current}\n")
    return folder / "bin" / "iot-pipeline"


def run(command: Path, *arguments: str, folder: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603  # the command that was installed
        [command, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_wheel_contains_every_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    paths = (path for name in _FOLDERS for path in (ROOT / name).rglob("*") if path.is_file())
    wanted = {path.relative_to(ROOT).as_posix() for path in paths if "__pycache__" not in path.parts}

    assert {name for name in names if ".dist-info/" not in name and not name.endswith("/")} == wanted


def test_the_tests_use_the_build_backend_of_the_project() -> None:
    (required,) = _PROJECT["build-system"]["requires"]

    assert required.replace("_", "-") in _PROJECT["dependency-groups"]["dev"]


def test_the_command_checks_a_checkout(command: Path) -> None:
    done = run(command, "generate", "--check")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_command_is_called_by_its_name(command: Path) -> None:
    assert run(command, "generate", "--help").stdout.startswith("usage: iot-pipeline generate ")


def test_the_command_says_its_version(command: Path) -> None:
    assert run(command, "--version").stdout == f"iot-pipeline {_PROJECT['project']['version']}\n"


def test_the_command_refuses_an_unknown_verb(command: Path) -> None:
    done = run(command, "deploy-it-all")

    assert done.returncode == 2
    assert done.stderr.startswith('error: Unknown command "deploy-it-all".')


@pytest.mark.parametrize("verb", ["send", "reset", "provider-schema"])
def test_a_command_of_the_checkout_is_refused_elsewhere(command: Path, verb: str) -> None:
    done = run(command, verb)

    assert done.returncode == 1
    assert done.stderr == f"error: {verb} needs a checkout of the project; without one there is iot-pipeline generate\n"


def test_outside_a_project_the_command_says_what_is_missing(command: Path, tmp_path: Path) -> None:
    done = run(command, "generate", "--check", folder=tmp_path)

    assert done.returncode == 2
    assert "envs/account/settings.toml: there is no such file" in done.stderr
