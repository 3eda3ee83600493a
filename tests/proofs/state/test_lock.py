"""Of two runs at once one is refused and told why, and the state stays whole; a killed run leaves a lock to lift."""

import re
import signal
from datetime import UTC, datetime

import pytest

from ops.deploy.deployment import Deployment
from ops.deploy.state_lock import StateLock, read_state_lock, unlock
from ops.project.errors import OpsError
from tests.proofs.state.conftest import Checkout
from tests.proofs.state.held_root import PARAMETER, StoredState, kill_group
from tests.proofs.state.parameters import parameters_of
from tests.support.proving import Figures

pytestmark = pytest.mark.timeout(600)
ATTEMPTS = (("apply", "-auto-approve"), ("destroy", "-auto-approve"), ("plan",))
"""What somebody else may start meanwhile."""


def lock_of(stored: StoredState) -> StateLock | None:
    return read_state_lock(stored.access.s3(), stored.bucket, stored.key)


def since(created: str) -> datetime:
    """A lock's time, as Terraform tells it (`2026-11-23 10:15:30.123456789 +0000 UTC`) or stores it (with a `T`)."""
    return datetime.fromisoformat(f"{created[:26].replace(' ', 'T')}+00:00")


def marks(stored: StoredState) -> list[str]:
    """The parameter's value, as the state holds it and as AWS holds it, where they agree."""
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
def test_of_two_runs_at_once_the_second_is_refused_and_neither_corrupts(
    checkout: Checkout, stored: StoredState, figures: Figures
) -> None:
    one, two = checkout("one"), checkout("two")
    two.release()  # it would go through at once if nothing refused it
    started = datetime.now(UTC)
    with one.start_held("first") as first:
        held = lock_of(stored)
        refused = {words[0]: two.run(*words, mark="second") for words in ATTEMPTS}
        one.release()
        said, _ = first.communicate()

    assert held is not None
    for verb, attempt in refused.items():
        assert attempt.returncode == 1, verb
        told = dict(re.findall(r"^[│ ]*(ID|Who|Created|Operation): +(.+)$", attempt.stdout, re.MULTILINE))
        assert (told["ID"], told["Who"], told["Operation"]) == (held.identifier, held.who, "OperationTypeApply")
        assert started <= since(told["Created"]) == since(held.created) <= datetime.now(UTC)
        figures.count("runs refused while another one held the lock, told by whom and since when")
    assert first.returncode == 0, said

    after_first = stored.current()
    assert two.run("apply", "-auto-approve", mark="second").returncode == 0
    versions = stored.versions()
    serials = [version["serial"] for version in versions]
    assert {version["lineage"] for version in versions} == {after_first["lineage"]}
    assert serials == sorted(set(serials))
    assert stored.current()["serial"] == serials[-1] > after_first["serial"]
    figures.tried("stored versions of one lineage, each with a serial of its own", len(versions))

    assert marks(stored) == ["second"]
    assert two.run("plan", "-detailed-exitcode", mark="second").returncode == 0
    assert lock_of(stored) is None
    figures.count("plans of nothing after both")


@pytest.mark.proof("state")
@pytest.mark.slow
def test_the_lock_of_a_killed_apply_is_shown_and_lifted_by_its_own_id_only(
    checkout: Checkout,
    stored: StoredState,
    deployment: Deployment,
    capsys: pytest.CaptureFixture[str],
    figures: Figures,
) -> None:
    place = checkout("killed")
    with place.start_held("first") as apply:
        apply.send_signal(signal.SIGKILL)
        assert apply.wait() == -signal.SIGKILL
        kill_group(apply)
    held = lock_of(stored)
    assert held is not None
    assert held.operation == "OperationTypeApply"
    figures.count("applies killed in the middle")

    assert "Error acquiring the state lock" in place.run("apply", "-auto-approve").stdout
    figures.count("applies refused by the lock that stayed")

    capsys.readouterr()
    unlock(deployment, None)
    shown = capsys.readouterr().out
    assert [value for value in (held.who, held.created, held.operation, held.identifier) if value not in shown] == []
    assert lock_of(stored) == held
    figures.count("times the lock was shown, and stayed")

    with pytest.raises(OpsError, match=f"ID {held.identifier}. Nothing was removed"):
        unlock(deployment, held.identifier[::-1])
    assert lock_of(stored) == held
    figures.count("wrong IDs refused")

    unlock(deployment, held.identifier)
    assert lock_of(stored) is None
    figures.count("locks lifted by their own ID")

    place.release()
    assert place.run("apply", "-auto-approve").returncode == 0
    assert marks(stored) == ["first"]
    assert place.run("plan", "-detailed-exitcode").returncode == 0
    figures.count("applies that went through afterwards, with a plan of nothing")
