"""Each grant of the functions' roles is needed, and each is used: both shown on the running pipeline."""

import json
import time
from collections import Counter
from contextlib import ExitStack
from http import HTTPStatus

import pytest

from ops.operate.logs import FUNCTIONS
from tests.proofs.privilege.applied_policies import Grant, RolePolicy
from tests.proofs.privilege.authorization_record import Call, Record
from tests.proofs.privilege.driver import Driver
from tests.proofs.privilege.grant_uses import NORMAL, GrantUse
from tests.proofs.privilege.unenforced import UNENFORCED, is_enforced
from tests.proofs.privilege.uses_by_grant import expected
from tests.proofs.privilege.whole_run import run_end_to_end
from tests.support.proving import Figures
from tests.support.running_pipeline import eventually

pytestmark = [pytest.mark.timeout(900), pytest.mark.slow, pytest.mark.proof("least privilege")]

REFUSED = ("AccessDenied", "AuthorizationError")
"""Error codes of the services; the second is SNS's (API reference, "Common errors")."""
RARELY_USED = {("processor", "sqs:ChangeMessageVisibility")}
"""Grants that a run without faults does not use: to defer a message after a transient failure."""
Policies = dict[str, RolePolicy]


def suffix(driver: Driver) -> str:
    return driver.output("ApiStageName")


def attempt_and_finish(use: GrantUse) -> None:
    assert use.attempt(), use.log
    use.finish()


def enforced(policy: RolePolicy) -> list[Grant]:
    return [grant for grant in policy.grants() if is_enforced(grant)]


def called(grant: Grant) -> Call:
    return Call(grant.action, grant.resource)


def unused(policy: RolePolicy, record: Record) -> list[Grant]:
    made = set(record.calls(policy, allowed=True))
    return [grant for grant in enforced(policy) if called(grant) not in made]


def all_processed(driver: Driver) -> bool | None:
    """Whether no reading of the test is lost or doubled."""
    return all(driver.is_processed(device) for device in driver.devices) or None


def test_without_a_grant_its_use_fails_and_with_it_succeeds_again(
    driver: Driver, policies: Policies, record: Record, figures: Figures
) -> None:
    with driver.paused():
        for policy in policies.values():
            for grant in enforced(policy):
                remove_and_restore(driver, policy, grant, record)
                figures.count("grants removed, their use then refused with AccessDenied")
                figures.count("grants restored, their use then successful")

    assert all_processed(driver)
    figures.tried("readings sent meanwhile, none lost or doubled", len(driver.devices))


def remove_and_restore(driver: Driver, policy: RolePolicy, grant: Grant, record: Record) -> None:
    expected_use = expected(grant, suffix(driver))
    use = expected_use.create(driver)
    use.prepare()
    since = record.from_now()
    with policy.without(grant):
        assert not use.attempt(), f"not needed: without {grant} its use succeeded"
    refused = set(since.calls(policy, allowed=False))
    assert refused == {called(grant)}, f"without {grant} this was refused: {refused}"
    assert any(names_missing_grant(expected_use.operation, line) for line in use.log.splitlines()), (
        f"the log does not name the missing {grant}: {use.log}"
    )
    attempt_and_finish(use)


def names_missing_grant(operation: str, line: str) -> bool:
    return operation in line and any(code in line for code in REFUSED)


def test_a_roles_calls_and_its_grants_are_the_same(
    driver: Driver, policies: Policies, record: Record, device: str, figures: Figures
) -> None:
    figures.tried("readings of the run from end to end, raw and processed", run_end_to_end(driver, device))
    rare = [grant for policy in policies.values() for grant in unused(policy, record)]
    assert {(grant.function, grant.action) for grant in rare} <= RARELY_USED
    figures.measure("grants that only faults use", ", ".join(map(str, rare)) or "none")
    with driver.paused():
        for grant in rare:
            use = expected(grant, suffix(driver)).create(driver)
            use.prepare()
            attempt_and_finish(use)

    for policy in policies.values():
        made, granted = Counter(record.calls(policy, allowed=True)), enforced(policy)
        assert set(made) == {called(grant) for grant in granted}
        assert record.calls(policy, allowed=False) == []
        figures.tried("recorded calls of roles, each by one of their grants, none refused", made.total())
        figures.tried("grants, each used", len(granted))
        for grant in granted:
            figures.measure(f"recorded calls: {grant}", made[called(grant)])


def test_grants_that_are_listed_as_unenforced_are_not_enforced(
    driver: Driver, policies: Policies, record: Record, figures: Figures
) -> None:
    left_out = [
        (policy, [grant for grant in policy.grants() if not is_enforced(grant)]) for policy in policies.values()
    ]
    assert {(grant.sid, grant.action) for _, grants in left_out for grant in grants} == set(UNENFORCED)
    started = time.time()

    with ExitStack() as removed:
        for policy, grants in left_out:
            removed.enter_context(policy.without(*grants))
        device = driver.new_device()
        assert driver.ingest(device, NORMAL).status == HTTPStatus.OK
        eventually(lambda: all_processed(driver))
        assert driver.api.get("/query", {"device_id": device}).document()["count"] == 1
        for function in FUNCTIONS:
            assert_failed_invocation_kept(driver, function)
            assert "START RequestId" in driver.log_since(function, started)
        for policy, _ in left_out:
            assert record.calls(policy, allowed=False) == []

    for _, grants in left_out:
        figures.tried("grants not enforced here, each checked in its document", len(grants))


def assert_failed_invocation_kept(driver: Driver, function: str) -> None:
    """Assert that an asynchronous invocation with an invalid event is kept in the queue for failed invocations."""
    marker = [f"invalid event {time.time_ns()}"]
    driver.functions.invoke(
        FunctionName=driver.output(FUNCTIONS[function]), InvocationType="Event", Payload=json.dumps(marker)
    )
    url = driver.output("AsyncDeadLetterQueueUrl")

    def kept() -> str | None:
        answer = driver.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return next((m["ReceiptHandle"] for m in answer.get("Messages", ()) if marker[0] in m["Body"]), None)

    driver.sqs.delete_message(QueueUrl=url, ReceiptHandle=eventually(kept))
