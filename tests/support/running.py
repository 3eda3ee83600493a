"""One applied pipeline for all tests of the whole, wherever they lie, in an embedded AWS of its own.

A plugin of `tests/conftest.py`, not a `conftest.py` that others import: every test of a run shares the one pipeline.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar, cast

import pytest

from ops.aws.api_client import ApiClient
from ops.local.demonstration import warm_up
from ops.local.machine import Machine
from ops.local.pipeline import Pipeline, wait_for
from ops.project.paths import ACCOUNT, ROOT
from ops.project.programs import interruptible
from ops.project.progress import Progress
from ops.terraform.toolchain import Toolchain, find_toolchain
from tests.proofs.end_to_end.kept_state import KeptState
from tests.support.sample import link_code, write_generated

Found = TypeVar("Found")


class Capture(Protocol):
    """What pytest offers to write past its capturing."""

    def global_and_fixture_disabled(self) -> AbstractContextManager[None]: ...


@pytest.fixture(scope="session")
def kept_state() -> KeptState:
    # Not the captured output: an interrupted run has closed that when the pipeline is stopped.
    folder = ROOT / "build" / "end_to_end"
    write_generated(folder / "project")
    link_code(folder / "project", "build")
    return KeptState(folder / "project", folder, Progress(sys.__stdout__))


@pytest.fixture(scope="session")
def machine(kept_state: KeptState) -> Machine:
    return kept_state.machine()


@pytest.fixture(scope="session")
def pipeline(kept_state: KeptState, machine: Machine, request: pytest.FixtureRequest) -> Iterator[Pipeline]:
    """A running pipeline; the first one of a content takes a minute and a half, and says so."""
    capture = cast("Capture", request.config.pluginmanager.getplugin("capturemanager"))
    try:
        with interruptible(), capture.global_and_fixture_disabled():
            kept_state.progress.say("bringing up the pipeline for the end-to-end tests")
            running = kept_state.up()
            warm_up(running, "warm-up")
        yield running
    finally:
        machine.down()


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return find_toolchain(ROOT, ROOT / "envs" / ACCOUNT, Progress())


@pytest.fixture
def caller(pipeline: Pipeline) -> ApiClient:
    return ApiClient(pipeline.api, pipeline.caller)


@pytest.fixture
def device() -> str:
    """A device that no other test has."""
    return f"device-{time.time_ns()}"


def eventually(look: Callable[[], Found | None], patience: float = 60) -> Found:
    """What a look finds at last; not found in time, the test fails."""
    return wait_for("what the test waits for", look, patience)
