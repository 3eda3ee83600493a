"""The project is installed with any version of pip, and whatever its index has released since the pins were made."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.setup.environments import ensure
from ops.setup.installer import find_uv
from tests.proofs.installing.local_index import Release, serve

_FIRST_STEP = (
    "__init__",
    *(f"project/{name}" for name in ("__init__", "errors", "programs", "progress")),
    *(f"setup/{name}" for name in ("__init__", "environments", "installer")),
)
"""The modules of `ops` that run before anything is installed."""
_PINNED = (Release("alpha", "1.0", extras=["fast"]), Release("beta", "1.0", requires=["alpha[fast]"]))
_NEWER = Release("alpha", "1.1", extras=["fast"])


@pytest.fixture(scope="module")
def oldest_pip() -> Path:
    """The interpreter of an environment with the pip that Python 3.11.0 brings."""
    return ensure("oldest-pip", Progress(StringIO()))


@pytest.fixture
def uv() -> Release:
    """The installer in the index: a program that runs the real one."""
    script = f'#!/bin/sh\nexec "{find_uv(Progress(StringIO()))}" "$@"\n'
    return Release("uv", "0.13.9", scripts={"uv": script})


@pytest.fixture
def index(tmp_path: Path, uv: Release) -> Iterator[tuple[str, list[str]]]:
    with serve(tmp_path / "index", [*_PINNED, _NEWER, uv]) as served:
        yield served


@pytest.fixture
def project(tmp_path: Path, uv: Release) -> Path:
    """The files that the first step of the set-up reads, in a path with a space."""
    folder = tmp_path / "a project"
    pins = folder / "ops" / "setup" / "requirements"
    pins.mkdir(parents=True)
    for name in _FIRST_STEP:
        target = folder / "ops" / f"{name}.py"
        target.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "ops" / f"{name}.py", target)
    (pins / "dev.txt").write_text("".join(release.pin for release in _PINNED))
    (pins / "uv.txt").write_text(uv.pin)
    return folder


def set_up(project: Path, interpreter: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Make the environment `dev` as `make` does, without this machine's settings."""
    home = project.parent / "home"
    home.mkdir(exist_ok=True)
    fixed = {"PATH": "/usr/bin:/bin", "HOME": str(home), "PIP_CONFIG_FILE": os.devnull, "UV_NO_CACHE": "1"}
    return subprocess.run(  # noqa: S603  # a step of this project
        [interpreter, "-m", "ops.setup.environments", "dev"],
        cwd=project,
        env={**fixed, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def installed(project: Path) -> str:
    """The versions that are installed in the project's environment."""
    program = "import alpha, beta; print(alpha.version, beta.version)"
    done = subprocess.run(  # noqa: S603  # the interpreter that was installed
        [project / ".venv/bin/python", "-c", program], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or done.stderr


def test_the_pins_are_installed_although_a_newer_release_of_one_with_an_extra_exists(
    project: Path, index: tuple[str, list[str]], oldest_pip: Path
) -> None:
    address, _ = index
    pins = project / "ops/setup/requirements/dev.txt"
    options = ["--require-hashes", "--index-url", address, "--target", str(project / "by-pip"), "-r", str(pins)]
    alone = subprocess.run(  # noqa: S603  # a pip of an environment that this project made
        [oldest_pip, "-m", "pip", "install", *options], capture_output=True, text=True, check=False
    )

    done = set_up(project, oldest_pip, PIP_INDEX_URL=address)

    assert "all requirements must have their versions pinned with ==" in alone.stderr, (
        "this version of pip has no such fault"
    )
    assert done.returncode == 0, done.stderr
    assert installed(project) == "1.0 1.0"


def test_a_second_run_requests_nothing(project: Path, index: tuple[str, list[str]], oldest_pip: Path) -> None:
    address, requested = index
    set_up(project, oldest_pip, PIP_INDEX_URL=address)
    requested.clear()

    done = set_up(project, oldest_pip, PIP_INDEX_URL=address)

    assert (done.returncode, done.stdout, requested) == (0, "", [])


def test_changed_pins_are_installed_and_packages_without_a_pin_removed(
    project: Path, index: tuple[str, list[str]], oldest_pip: Path
) -> None:
    address, _ = index
    set_up(project, oldest_pip, PIP_INDEX_URL=address)
    (project / "ops/setup/requirements/dev.txt").write_text(_NEWER.pin)

    set_up(project, oldest_pip, PIP_INDEX_URL=address)

    assert "No module named 'beta'" in installed(project)


@pytest.mark.parametrize("how", ["PIP_INDEX_URL", "pip.conf", "UV_DEFAULT_INDEX", "PIP_FIND_LINKS"])
def test_the_users_own_index_is_used(
    how: str, project: Path, index: tuple[str, list[str]], oldest_pip: Path, tmp_path: Path
) -> None:
    address, requested = index
    variables = {how: address, "PIP_INDEX_URL": address}
    if how == "pip.conf":
        (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {address}\n")
        variables = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    if how == "PIP_FIND_LINKS":
        wheels = [str(path) for path in (tmp_path / "index/simple").iterdir()]
        variables = {"PIP_FIND_LINKS": " ".join(wheels), "PIP_NO_INDEX": "1"}

    done = set_up(project, oldest_pip, **variables)

    assert done.returncode == 0, done.stderr
    assert installed(project) == "1.0 1.0"
    assert any(path.startswith("/simple/alpha/") for path in requested) == (how != "PIP_FIND_LINKS")


def test_a_file_with_another_hash_is_refused(project: Path, index: tuple[str, list[str]], oldest_pip: Path) -> None:
    address, _ = index
    pins = project / "ops/setup/requirements/dev.txt"
    pins.write_text(pins.read_text().replace("sha256:", "sha256:0000")[:-5])

    done = set_up(project, oldest_pip, PIP_INDEX_URL=address)

    assert done.returncode == 1
    assert "error: installing dev.txt failed:" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_an_index_the_message_says_what_to_set(project: Path, oldest_pip: Path) -> None:
    done = set_up(project, oldest_pip, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0")

    assert done.returncode == 1
    assert "error: installing uv failed:" in done.stderr
    assert "PIP_INDEX_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_running_python_can_be_used(project: Path, index: tuple[str, list[str]]) -> None:
    done = set_up(project, Path(sys.executable), PIP_INDEX_URL=index[0])

    assert done.returncode == 0, done.stderr
    assert installed(project) == "1.0 1.0"
