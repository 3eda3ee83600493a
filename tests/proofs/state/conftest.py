"""A small root of its own in the shared embedded AWS; what it makes there is gone after each test."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generate.builders.environment import STATE_FILE
from ops.deploy.deployment import Deployment
from ops.local.pipeline import Pipeline
from ops.local.variables import isolated_variables
from ops.project.paths import find_environment
from ops.project.progress import Progress
from ops.terraform.toolchain import Toolchain
from tests.proofs.state.held_root import ENVIRONMENT, PARAMETER, StoredState, Workplace, write_project
from tests.proofs.state.parameters import parameters_of

Checkout = Callable[[str], Workplace]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    write_project(folder)
    return folder


@pytest.fixture
def stored(pipeline: Pipeline, project: Path) -> Iterator[StoredState]:
    state = find_environment(project, ENVIRONMENT).state
    stored = StoredState(pipeline.administrator, state.bucket, f"{ENVIRONMENT}/{STATE_FILE}")
    yield stored
    stored.remove()
    parameters_of(pipeline.administrator).delete_parameters(Names=[PARAMETER])


@pytest.fixture
def deployment(project: Path, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """The root as an environment of real AWS; only the environment variables lead it to the embedded one."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "TF_"))]:
        monkeypatch.delenv(name)
    for name, value in {**isolated_variables(), **pipeline.administrator.variables()}.items():
        monkeypatch.setenv(name, value)
    return Deployment(project, ENVIRONMENT, Progress())


@pytest.fixture
def checkout(stored: StoredState, project: Path, toolchain: Toolchain, tmp_path: Path) -> Iterator[Checkout]:
    places = []

    def check_out(name: str) -> Workplace:
        place = Workplace(tmp_path / name, tmp_path / f"{name}-gate", toolchain, stored.access)
        places.append(place)
        place.prepare(project / "envs" / ENVIRONMENT)
        return place

    yield check_out
    for place in places:
        place.release()  # whatever a failed test left behind goes on and ends
