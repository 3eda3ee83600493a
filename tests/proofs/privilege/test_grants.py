"""Each grant of the functions' roles is needed, and none is idle: both seen on the running pipeline."""

import json
import time
from collections import Counter
from contextlib import ExitStack
from http import HTTPStatus

import pytest

from ops.operate.logs import FUNCTIONS
from tests.proofs.privilege.policies import Grant, RolePolicy
from tests.proofs.privilege.record import Call, Record
from tests.proofs.privilege.scene import Scene
from tests.proofs.privilege.stories import WELL, Story
from tests.proofs.privilege.unenforced import UNENFORCED, is_enforced
from tests.proofs.privilege.uses import expected
from tests.proofs.privilege.whole_run import run_from_end_to_end
from tests.support.proving import Figures
from tests.support.running import eventually

pytestmark = [pytest.mark.timeout(900), pytest.mark.slow, pytest.mark.proof("least privilege")]

REFUSED = ("AccessDenied", "AuthorizationError")
"""What the services call it; the second is SNS (API reference, "Common errors")."""
SELDOM_USED = {("processor", "sqs:ChangeMessageVisibility")}
"""What no function does while nothing fails: deferring a message that may be processed later."""
Policies = dict[str, RolePolicy]


def suffix(scene: Scene) -> str:
    return scene.output("ApiStageName")


def tell_to_its_end(story: Story) -> None:
    assert story.attempt(), story.log
    story.finish()


def enforced(policy: RolePolicy) -> list[Grant]:
    return [grant for grant in policy.grants() if is_enforced(grant)]


def called(grant: Grant) -> Call:
    return Call(grant.action, grant.resource)


def idle(policy: RolePolicy, record: Record) -> list[Grant]:
    made = set(record.calls(policy, allowed=True))
    return [grant for grant in enforced(policy) if called(grant) not in made]


def all_processed(scene: Scene) -> bool | None:
    """Whether no reading of the test is lost or doubled."""
    return all(scene.is_processed(device) for device in scene.devices) or None


def test_without_a_grant_its_work_fails_and_with_it_all_is_well_again(
    scene: Scene, policies: Policies, record: Record, figures: Figures
) -> None:
    with scene.paused():
        for policy in policies.values():
            for grant in enforced(policy):
                take_away_and_give_back(scene, policy, grant, record)
                figures.count("grants taken away, their work then refused with AccessDenied")
                figures.count("grants given back, their work then done")

    assert all_processed(scene)
    figures.tried("readings on the way meanwhile, none lost or doubled", len(scene.devices))


def take_away_and_give_back(scene: Scene, policy: RolePolicy, grant: Grant, record: Record) -> None:
    use = expected(grant, suffix(scene))
    story = use.story(scene)
    story.begin()
    since = record.from_now()
    with policy.without(grant):
        assert not story.attempt(), f"needless: without {grant} all went well"
    refused = set(since.calls(policy, allowed=False))
    assert refused == {called(grant)}, f"without {grant} this was refused: {refused}"
    assert any(is_said(use.operation, line) for line in story.log.splitlines()), (
        f"the log does not say that {grant} is missing: {story.log}"
    )
    tell_to_its_end(story)


def is_said(operation: str, line: str) -> bool:
    return operation in line and any(code in line for code in REFUSED)


def test_the_calls_of_a_role_are_what_it_was_granted(
    scene: Scene, policies: Policies, record: Record, device: str, figures: Figures
) -> None:
    figures.tried("readings of the run from end to end, raw and processed", run_from_end_to_end(scene, device))
    seldom = [grant for policy in policies.values() for grant in idle(policy, record)]
    assert {(grant.function, grant.action) for grant in seldom} <= SELDOM_USED
    figures.measure("grants that only faults use", ", ".join(map(str, seldom)) or "none")
    with scene.paused():
        for grant in seldom:
            story = expected(grant, suffix(scene)).story(scene)
            story.begin()
            tell_to_its_end(story)

    for policy in policies.values():
        made, granted = Counter(record.calls(policy, allowed=True)), enforced(policy)
        assert set(made) == {called(grant) for grant in granted}
        assert record.calls(policy, allowed=False) == []
        figures.tried("recorded calls of roles, each by a grant of theirs, none refused", made.total())
        figures.tried("grants, each used", len(granted))
        for grant in granted:
            figures.measure(f"recorded calls: {grant}", made[called(grant)])


def test_what_is_said_not_to_be_enforced_is_not(
    scene: Scene, policies: Policies, record: Record, figures: Figures
) -> None:
    left_out = [
        (policy, [grant for grant in policy.grants() if not is_enforced(grant)]) for policy in policies.values()
    ]
    assert {(grant.sid, grant.action) for _, grants in left_out for grant in grants} == set(UNENFORCED)
    started = time.time()

    with ExitStack() as taken_away:
        for policy, grants in left_out:
            taken_away.enter_context(policy.without(*grants))
        device = scene.new_device()
        assert scene.ingest(device, WELL).status == HTTPStatus.OK
        eventually(lambda: all_processed(scene))
        assert scene.api.get("/query", {"device_id": device}).document()["count"] == 1
        for function in FUNCTIONS:
            keeps_failed_invocation(scene, function)
            assert "START RequestId" in scene.log_since(function, started)
        for policy, _ in left_out:
            assert record.calls(policy, allowed=False) == []

    for _, grants in left_out:
        figures.tried("grants not enforced here, each held by a test of its document", len(grants))


def keeps_failed_invocation(scene: Scene, function: str) -> None:
    """An asynchronous invocation with what is no event fails for good, and comes to the queue for those."""
    marker = [f"no event {time.time_ns()}"]
    scene.functions.invoke(
        FunctionName=scene.output(FUNCTIONS[function]), InvocationType="Event", Payload=json.dumps(marker)
    )
    url = scene.output("AsyncDeadLetterQueueUrl")

    def kept() -> str | None:
        answer = scene.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return next((m["ReceiptHandle"] for m in answer.get("Messages", ()) if marker[0] in m["Body"]), None)

    scene.sqs.delete_message(QueueUrl=url, ReceiptHandle=eventually(kept))
