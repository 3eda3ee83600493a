"""Fixtures of the one running pipeline that all tests share, in an embedded AWS of the tests' own.

This is a plugin of `tests/conftest.py`, not a `conftest.py` that others import: every folder uses the same pipeline.
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
from tests.support.applied_state import AppliedStates
from tests.support.sample import link_code, write_generated

Found = TypeVar("Found")


class Capture(Protocol):
    """pytest's capture manager: prints while output is captured."""

    def global_and_fixture_disabled(self) -> AbstractContextManager[None]: ...


@pytest.fixture(scope="session")
def applied_states() -> AppliedStates:
    # Not the captured output: pytest has closed it when an interrupted run stops the pipeline.
    folder = ROOT / "build" / "end_to_end"
    write_generated(folder / "project")
    link_code(folder / "project", "build")
    return AppliedStates(folder / "project", folder, Progress(sys.__stdout__))


@pytest.fixture(scope="session")
def machine(applied_states: AppliedStates) -> Machine:
    return applied_states.machine()


@pytest.fixture(scope="session")
def pipeline(applied_states: AppliedStates, machine: Machine, request: pytest.FixtureRequest) -> Iterator[Pipeline]:
    """A running pipeline. The first one after a change takes a minute and a half, and prints its progress."""
    capture = cast("Capture", request.config.pluginmanager.getplugin("capturemanager"))
    try:
        with interruptible(), capture.global_and_fixture_disabled():
            applied_states.progress.say("bringing up the pipeline for the end-to-end tests")
            running = applied_states.up()
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
    """A device id that no other test uses."""
    return f"device-{time.time_ns()}"


def eventually(look: Callable[[], Found | None], patience: float = 60) -> Found:
    """Call `look` until it finds something, and return that; the test fails after `patience` seconds."""
    return wait_for("the result that the test waits for", look, patience)
