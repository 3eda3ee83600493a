"""Of two concurrent runs one is refused with an explanation; the state stays intact. A killed run's lock is lifted."""

import re
import signal
from datetime import UTC, datetime

import pytest

from ops.deploy.deployment import Deployment
from ops.deploy.state_lock import StateLock, read_state_lock, unlock
from ops.project.errors import OpsError
from tests.proofs.state.conftest import Checkout
from tests.proofs.state.parameters import parameters_of
from tests.proofs.state.paused_apply import PARAMETER, StoredState, kill_group
from tests.support.proving import Figures

pytestmark = pytest.mark.timeout(600)
ATTEMPTS = (("apply", "-auto-approve"), ("destroy", "-auto-approve"), ("plan",))
"""Commands that another user may start meanwhile."""


def lock_of(stored: StoredState) -> StateLock | None:
    return read_state_lock(stored.access.s3(), stored.bucket, stored.key)


def since(created: str) -> datetime:
    """A lock's time, as Terraform prints it (`2026-11-23 10:15:30.123456789 +0000 UTC`) or stores it (with a `T`)."""
    return datetime.fromisoformat(f"{created[:26].replace(' ', 'T')}+00:00")


def stored_mark(stored: StoredState) -> list[str]:
    """The parameter's value, which must be the same in the state and in AWS."""
    (recorded,) = [
        instance["attributes"]["value"]
        for resource in stored.current()["resources"]
        if resource["type"] == "aws_ssm_parameter"
        for instance in resource["instances"]
    ]
    value = parameters_of(stored.access).get_parameter(Name=PARAMETER)["Parameter"]["Value"]
    assert value == recorded
    return [recorded]


@pytest.mark.proof("state")
@pytest.mark.slow
def test_of_two_concurrent_runs_the_second_is_refused_and_the_state_stays_intact(
    checkout: Checkout, stored: StoredState, figures: Figures
) -> None:
    one, two = checkout("one"), checkout("two")
    two.release()  # without the lock it would finish at once
    started = datetime.now(UTC)
    with one.start_paused_apply("first") as first:
        lock = lock_of(stored)
        refused = {words[0]: two.run(*words, mark="second") for words in ATTEMPTS}
        one.release()
        output, _ = first.communicate()

    assert lock is not None
    for verb, attempt in refused.items():
        assert attempt.returncode == 1, verb
        reported = dict(re.findall(r"^[│ ]*(ID|Who|Created|Operation): +(.+)$", attempt.stdout, re.MULTILINE))
        assert (reported["ID"], reported["Who"], reported["Operation"]) == (
            lock.identifier,
            lock.who,
            "OperationTypeApply",
        )
        assert started <= since(reported["Created"]) == since(lock.created) <= datetime.now(UTC)
        figures.count("runs refused while another run had the lock, with its owner and time")
    assert first.returncode == 0, output

    after_first = stored.current()
    assert two.run("apply", "-auto-approve", mark="second").returncode == 0
    versions = stored.versions()
    serials = [version["serial"] for version in versions]
    assert {version["lineage"] for version in versions} == {after_first["lineage"]}
    assert serials == sorted(set(serials))
    assert stored.current()["serial"] == serials[-1] > after_first["serial"]
    figures.tried("stored versions of one lineage, each with its own serial", len(versions))

    assert stored_mark(stored) == ["second"]
    assert two.run("plan", "-detailed-exitcode", mark="second").returncode == 0
    assert lock_of(stored) is None
    figures.count("empty plans after both")


@pytest.mark.proof("state")
@pytest.mark.slow
def test_the_lock_of_a_killed_apply_is_shown_and_lifted_by_its_own_id_only(
    checkout: Checkout,
    stored: StoredState,
    deployment: Deployment,
    capsys: pytest.CaptureFixture[str],
    figures: Figures,
) -> None:
    working_copy = checkout("killed")
    with working_copy.start_paused_apply("first") as apply:
        apply.send_signal(signal.SIGKILL)
        assert apply.wait() == -signal.SIGKILL
        kill_group(apply)
    lock = lock_of(stored)
    assert lock is not None
    assert lock.operation == "OperationTypeApply"
    figures.count("paused applies killed")

    assert "Error acquiring the state lock" in working_copy.run("apply", "-auto-approve").stdout
    figures.count("applies refused by the remaining lock")

    capsys.readouterr()
    unlock(deployment, None)
    shown = capsys.readouterr().out
    assert [value for value in (lock.who, lock.created, lock.operation, lock.identifier) if value not in shown] == []
    assert lock_of(stored) == lock
    figures.count("times the lock was shown and kept")

    with pytest.raises(OpsError, match=f"ID {lock.identifier}. Nothing was removed"):
        unlock(deployment, lock.identifier[::-1])
    assert lock_of(stored) == lock
    figures.count("wrong IDs refused")

    unlock(deployment, lock.identifier)
    assert lock_of(stored) is None
    figures.count("locks lifted by their own ID")

    working_copy.release()
    assert working_copy.run("apply", "-auto-approve").returncode == 0
    assert stored_mark(stored) == ["first"]
    assert working_copy.run("plan", "-detailed-exitcode").returncode == 0
    figures.count("successful applies afterwards, with an empty plan after them")
