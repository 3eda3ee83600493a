"""Fixtures: the running pipeline, its roles' policies, and a record of all authorization decisions."""

from collections.abc import Iterator

import pytest

from ops.local.machine import Machine
from ops.local.pipeline import Pipeline
from tests.proofs.privilege.applied_policies import RolePolicy, applied_policies
from tests.proofs.privilege.authorization_record import Record, recording
from tests.proofs.privilege.driver import Driver
from tests.proofs.privilege.generated_documents import Body, Statement, generated, statements


@pytest.fixture
def driver(pipeline: Pipeline) -> Driver:
    return Driver(pipeline)


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
