"""Nothing lost, nothing doubled: any order and any duplication of the same messages give the same tables."""

import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from moto import mock_aws
from typing_extensions import override

from handlers import processor
from handlers.aws import clients
from handlers.services.batch import BatchFailedError
from tests.handlers import conftest
from tests.handlers.fakes import Clock, FailingClient, LostAnswerClient, client_error, use_clock
from tests.handlers.moto_pipeline import PROCESSED_TABLE, MotoPipeline, new_device, packed_message, reading_message
from tests.support.proving import Figures
from tests.support.stored_items import once

Document = dict[str, Any]
STATE = {"device_id", "event_date", "decided_at", "decided_value", "is_alert", "is_told", "changed_at"}
READINGS = st.lists(
    st.tuples(st.integers(0, 10), st.sampled_from([20, 60, 90])), min_size=1, max_size=6, unique_by=lambda each: each[0]
)


def processed(moto: MotoPipeline, device: str) -> list[Document]:
    """Return what is processed of a device, but for its name and the times of processing."""
    items = moto.items_of(PROCESSED_TABLE, device)
    for item in items:
        item.pop("processed_at")
        item.pop("device_id")
    return items


def alerts(moto: MotoPipeline, device: str) -> list[str]:
    """Return the rules that a device breaks; subscribers must be notified, and no notification may be pending."""
    states = moto.alert_states(device)
    assert all(state.keys() - {"expires_at"} == STATE for state in states)
    assert not any("expires_at" in state for state in states if state["is_alert"])
    assert all(state["is_told"] is state["is_alert"] for state in states)
    return [state["event_date"].removeprefix(f"{device}#") for state in states if state["is_alert"]]


@pytest.mark.proof("nothing lost")
@given(READINGS, st.randoms(use_true_random=False), st.tuples(st.integers(1, 4), st.integers(1, 3)))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_and_duplication_give_the_same_tables(
    moto: MotoPipeline,
    figures: Figures,
    readings: list[tuple[int, int]],
    random: Any,
    sizes: tuple[int, int],
) -> None:
    batch_size, pack_size = sizes
    orderly, disorderly = new_device(), new_device()
    moto.process(*[reading_message(orderly, timestamp, temp=value) for timestamp, value in sorted(readings)])
    shuffled = readings + random.sample(readings, random.randint(0, len(readings)))
    random.shuffle(shuffled)
    sent = [(disorderly, timestamp, {"temp": value}) for timestamp, value in shuffled]
    messages = [packed_message(*sent[start : start + pack_size]) for start in range(0, len(sent), pack_size)]

    for start in range(0, len(messages), batch_size):
        moto.process(*messages[start : start + batch_size])

    assert processed(moto, disorderly) == processed(moto, orderly)
    assert [item["timestamp"] for item in processed(moto, orderly)] == [timestamp for timestamp, _ in sorted(readings)]
    assert alerts(moto, disorderly) == alerts(moto, orderly)
    assert alerts(moto, orderly) == (["temperature"] if max(readings)[1] > 85 else [])
    figures.count("messages in some order and number: the tables of each once and in order")


SERVICES = {
    "put_item": "dynamodb",
    "batch_write_item": "dynamodb",
    "batch_get_item": "dynamodb",
    "query": "dynamodb",
    "update_item": "dynamodb",
    "send_message_batch": "sqs",
    "publish": "sns",
    "get_parameter": "ssm",
}
"""The operations that fail, and whose they are."""
KINDS = st.sampled_from([FailingClient, LostAnswerClient])
SENDING = st.none() | st.tuples(KINDS, st.sampled_from(["put_item", "batch_write_item", "send_message_batch"]))
PROCESSING = st.tuples(
    KINDS,
    st.sampled_from(
        [*["publish"] * 5, *["get_parameter"] * 3, "update_item", "batch_get_item", "query", "batch_write_item"]
    ),
)
"""A fault waits until its operation is called; those that only an alert or a cold function calls are drawn oftener."""
Fault = tuple[type[FailingClient], str] | None
LONGEST_CLAIM_SECONDS = 60
"""More than an invocation may last, and so what it claims."""


class PipelineMachine(RuleBasedStateMachine):
    """Readings are sent, again and again; AWS fails now and then; messages come when they like, some twice.

    Pauses and the waiting for what another invocation claimed pass on a clock of their own.
    """

    @initialize()
    def start(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.aws = mock_aws()
        self.patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        self.aws.start()
        self.moto = MotoPipeline.build()
        for name, value in self.moto.variables.items():
            self.patch.setenv(name, value)
        for cached in conftest.CACHED:
            cached.cache_clear()
        self.acknowledged: dict[int, int] = {}
        self.messages: list[Document] = []
        self.is_to_be_replayed = False
        self.clients = self._working_clients()
        for name in self.clients:
            self.patch.setattr(clients, name, lambda name=name: Passing(self.clients, name))
        self.clock = Clock(time.time())
        self.patch.setattr(processor, "now", lambda: int(self.clock() * 1000))
        use_clock(self.patch, self.clock)

    @rule(timestamp=st.integers(1, 6), value=st.sampled_from([90, 90, 20]), fault=SENDING)
    def send(self, timestamp: int, value: int, fault: Fault) -> None:
        self._break(fault)
        status, _ = self.moto.post({"device_id": "d", "timestamp": timestamp, "sensor_data": {"temp": value}})
        assert status in (200, 409, 503)
        if status == 200:
            assert self.acknowledged.setdefault(timestamp, value) == value
        if status == 409 and timestamp in self.acknowledged:
            assert self.acknowledged[timestamp] != value

    @rule(
        readings=st.lists(st.tuples(st.integers(1, 6), st.sampled_from([90, 90, 20])), min_size=2, max_size=12),
        fault=SENDING,
    )
    def send_together(self, readings: list[tuple[int, int]], fault: Fault) -> None:
        """More of them than a message carries, perhaps, and some of them twice."""
        self._break(fault)
        bodies = [{"device_id": "d", "timestamp": at, "sensor_data": {"temp": value}} for at, value in readings]
        status, answer = self.moto.post({"readings": bodies})
        assert status in (200, 207, 400, 503)
        rejected = {each["index"] for each in answer.get("rejected", ())}
        for index, (timestamp, value) in enumerate(readings if status in (200, 207) else ()):
            if index not in rejected:
                assert self.acknowledged.setdefault(timestamp, value) == value

    @rule(value=st.sampled_from([90, 90, 20]), fault=SENDING)
    def send_without_time(self, value: int, fault: Fault) -> None:
        self._break(fault)
        body = {"device_id": "d", "sensor_data": {"temp": value}}
        status, answer = self.moto.post(body)
        if status == 503:
            chosen = answer.get("chosen_timestamps", [{}])[0]
            body |= {"timestamp": chosen["timestamp"]} if chosen else {}
            status, answer = self.moto.post(body)
        assert status in (200, 503)
        if status == 200:
            assert self.acknowledged.setdefault(answer["timestamp"], value) == value

    @rule(random=st.randoms(use_true_random=False), twice=st.booleans(), wait=st.booleans(), fault=PROCESSING)
    def process(self, random: Any, twice: bool, wait: bool, fault: Fault) -> None:  # noqa: FBT001 - hypothesis's
        self._break(fault)
        if wait:
            self.clock.sleep(LONGEST_CLAIM_SECONDS)
        self.messages += self.moto.queued()
        random.shuffle(self.messages)
        batch, self.messages = self.messages[:3], self.messages[3:]
        if batch:
            self.messages += self._failed(batch) + (batch if twice else [])

    @rule(fault=PROCESSING)
    def replay(self, fault: Fault) -> None:
        self._break(fault)
        status, _ = self.moto.reprocess({"device_id": "d"})
        assert status in (200, 503)
        self.is_to_be_replayed = status == 503

    def _break(self, fault: Fault) -> None:
        """Let an operation fail once: the next time, which may be another invocation's."""
        if fault:
            kind, operation = fault
            service = SERVICES[operation]
            client = getattr(self.moto, service)
            self.clients[service] = kind(client, operation, client_error("AccessDeniedException"), times=1)
            if operation == "get_parameter":
                for cached in conftest.CACHED:  # only a cold function cannot do without
                    cached.cache_clear()

    @invariant()
    def what_was_acknowledged_is_stored(self) -> None:
        if hasattr(self, "moto"):
            stored = {int(item["timestamp"]): item["sensor_data"]["temp"] for item in self.moto.raw_items()}
            assert all(stored.get(timestamp) == value for timestamp, value in self.acknowledged.items())

    @override
    def teardown(self) -> None:
        if not hasattr(self, "moto"):
            return
        try:
            self._settle()
        finally:
            self.aws.stop()
            self.patch.undo()

    def _settle(self) -> None:
        """Let AWS work, repeat a replay that failed, and let every message be processed.

        Then every acknowledged reading is processed, too.
        """
        self.clients.update(self._working_clients())
        self.clock.sleep(LONGEST_CLAIM_SECONDS)
        assert not self.is_to_be_replayed or self.moto.reprocess({"device_id": "d"})[0] == 200
        self.messages += self.moto.queued()
        for start in range(0, len(self.messages), 10):
            assert self._failed(self.messages[start : start + 10]) == []
        processed = once(self.moto.processed_items(), lambda item: item["temperature"])
        raw = once(self.moto.raw_items(), lambda item: item["sensor_data"]["temp"])
        acknowledged = {("d", timestamp): value for timestamp, value in self.acknowledged.items()}
        assert acknowledged.items() <= processed.items() <= raw.items()
        assert alerts(self.moto, "d") == (["temperature"] if processed and processed[max(processed)] > 85 else [])
        assert {state["event_date"] for state in self.moto.processed_items(alerts=True)} <= {"d#temperature"}
        notified = [(each["state"], each["value"] > 85) for each in self.moto.notifications()]
        assert set(notified) <= {("alert", True), ("clear", False)}
        is_alert = bool(alerts(self.moto, "d"))
        assert notified[-1:] == [("alert", True)] if is_alert else notified[-1:] in ([], [("clear", False)])

    def _working_clients(self) -> dict[str, Any]:
        """The clients of an AWS that does not fail."""
        return {service: getattr(self.moto, service) for service in set(SERVICES.values())}

    def _failed(self, batch: list[Document]) -> list[Document]:
        try:
            response = self.moto.process(*batch)
        except BatchFailedError:
            return batch
        failed = {failure["itemIdentifier"] for failure in response["batchItemFailures"]}
        return [record for record in batch if record["messageId"] in failed]


class Passing:
    """The client that is current when it is used."""

    def __init__(self, current: dict[str, Any], name: str) -> None:
        self._current = current
        self._name = name

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._current[self._name], operation)


@pytest.mark.proof("nothing lost")
def test_whatever_happens_what_was_acknowledged_is_processed_once(figures: Figures) -> None:
    class Counted(PipelineMachine):
        @override
        def teardown(self) -> None:
            super().teardown()
            figures.count("runs with failing calls, readings sent again, messages twice, late and in any order")

    run_state_machine_as_test(Counted, settings=settings(max_examples=15, stateful_step_count=15))


def test_a_conflict_never_overwrites(moto: MotoPipeline) -> None:
    first = {"device_id": "d", "timestamp": 1, "sensor_data": {"temp": 20}}
    moto.post(first)
    for value in range(21, 30):
        assert moto.post({**first, "sensor_data": {"temp": value}})[0] == 409

    moto.process(*moto.queued())

    assert [item["temperature"] for item in moto.processed_items()] == [Decimal(20)]
