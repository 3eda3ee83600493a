"""The running pipeline as its roles see it: their policies, what uses them, and every decision written down."""

from collections.abc import Iterator

import pytest

from ops.local.machine import Machine
from ops.local.pipeline import Pipeline
from tests.proofs.privilege.documents import Body, Statement, generated, statements
from tests.proofs.privilege.policies import RolePolicy, applied_policies
from tests.proofs.privilege.record import Record, recording
from tests.proofs.privilege.scene import Scene


@pytest.fixture
def scene(pipeline: Pipeline) -> Scene:
    return Scene(pipeline)


@pytest.fixture
def record(machine: Machine) -> Iterator[Record]:
    with recording(machine.layout.authorizations) as written:
        yield written


@pytest.fixture
def policies(pipeline: Pipeline) -> dict[str, RolePolicy]:
    return applied_policies(pipeline)


@pytest.fixture(scope="module")
def roots() -> dict[str, Body]:
    return generated()


@pytest.fixture(scope="module")
def every(roots: dict[str, Body]) -> list[Statement]:
    return list(statements(roots))
