"""A small root module in the shared embedded AWS; its resources and state are deleted after each test."""

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
from tests.proofs.state.parameters import parameters_of
from tests.proofs.state.paused_apply import ENVIRONMENT, PARAMETER, StoredState, WorkingCopy, write_project

Checkout = Callable[[str], WorkingCopy]


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
    """The root as an environment on AWS; only environment variables direct it to the embedded AWS."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "TF_"))]:
        monkeypatch.delenv(name)
    for name, value in {**isolated_variables(), **pipeline.administrator.variables()}.items():
        monkeypatch.setenv(name, value)
    return Deployment(project, ENVIRONMENT, Progress())


@pytest.fixture
def checkout(stored: StoredState, project: Path, toolchain: Toolchain, tmp_path: Path) -> Iterator[Checkout]:
    copies = []

    def check_out(name: str) -> WorkingCopy:
        working_copy = WorkingCopy(tmp_path / name, tmp_path / f"{name}-gate", toolchain, stored.access)
        copies.append(working_copy)
        working_copy.prepare(project / "envs" / ENVIRONMENT)
        return working_copy

    yield check_out
    for working_copy in copies:
        working_copy.release()  # ends what a failed test left running
