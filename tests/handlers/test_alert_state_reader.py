"""Reading what is known about a batch's devices: the same by either way, and by the cheaper one."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from handlers.aws import alert_state_reader
from handlers.aws.alert_state import PARTITIONS, AlertState, Pair, partition
from handlers.aws.alert_state_reader import AlertStateReader
from handlers.aws.alert_state_writer import AlertStateWriter
from handlers.domain.reading import Reading
from handlers.domain.rules import Observation, Rule
from tests.handlers.fakes import Clock, FailingClient, client_error
from tests.handlers.moto_pipeline import PROCESSED_TABLE, MotoPipeline, new_device

RULE = Rule(minimum=None, maximum=Decimal(85), hysteresis=Decimal(5))


class Table:
    """The processed table, and who reads it."""

    def __init__(self, moto: MotoPipeline) -> None:
        self.client = FailingClient(moto.dynamodb, "none", client_error("AccessDeniedException"))
        self.clock = Clock(seconds=1_000_000.0)
        self.reader = AlertStateReader(self.client, PROCESSED_TABLE, self.clock)  # type: ignore[arg-type] # a fake

    def put_in_alert(self, pairs: Sequence[Pair]) -> None:
        writer = AlertStateWriter(self.client._client, PROCESSED_TABLE, lambda: 0)  # type: ignore[arg-type] # noqa: SLF001 - the moto's
        for device_id, rule_name in pairs:
            observation = Observation(Reading(device_id, 1, {}), rule_name, RULE, Decimal(90), is_alert=True)
            writer.decide(observation, self.clock.retrying())

    def calls_of(self, pairs: Sequence[Pair], found: Sequence[Pair]) -> list[str]:
        """Read, and return what was called, once each; what is found of those that are asked for must be right."""
        self.client.calls.clear()
        items = self.reader.read(pairs, self.clock.retrying())
        assert {pair for pair in pairs if AlertState.of(pair, items.get(pair)).is_alert} == set(found)
        return sorted(set(self.client.calls))


@pytest.fixture
def table(moto: MotoPipeline) -> Table:
    return Table(moto)


def pairs_of(number: int) -> list[Pair]:
    return [(new_device(), "temperature") for _ in range(number)]


def in_one_partition(number: int) -> list[Pair]:
    found: list[Pair] = []
    while len(found) < number:
        pair = (new_device(), "temperature")
        if not found or partition(pair[0]) == partition(found[0][0]):
            found.append(pair)
    return found


def test_states_of_few_devices_are_got_by_their_keys(table: Table) -> None:
    pairs = pairs_of(3)
    table.put_in_alert(pairs[1:])

    assert table.calls_of(pairs, pairs[1:]) == ["batch_get_item"]


def test_states_of_many_devices_are_read_a_partition_at_a_time(table: Table) -> None:
    pairs = pairs_of(100)
    table.put_in_alert(pairs[:5])

    assert table.calls_of(pairs, pairs[:5]) == ["query"]
    assert len(table.client.calls) == PARTITIONS


def test_states_of_a_devices_many_rules_are_one_query(table: Table) -> None:
    device = new_device()
    pairs = [(device, f"rule#{number}") for number in range(3)]
    table.put_in_alert(pairs[:1])

    assert table.calls_of(pairs, pairs[:1]) == ["query"]
    assert len(table.client.calls) == 1


def test_where_much_is_known_keys_are_cheaper_for_a_while(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_state_reader, "STATES_IN_A_UNIT", 1)
    pairs = in_one_partition(6)
    table.put_in_alert(pairs[:3])

    assert table.calls_of(pairs, pairs[:3]) == ["query"]
    assert table.calls_of(pairs, pairs[:3]) == ["batch_get_item"]
    table.clock.seconds += 59
    assert table.calls_of(pairs, pairs[:3]) == ["batch_get_item"]
    table.clock.seconds += 1
    assert table.calls_of(pairs, pairs[:3]) == ["query"]


def test_what_a_query_does_not_reach_is_got(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_state_reader, "MAXIMUM_STATES", 2)
    pairs = in_one_partition(8)
    table.put_in_alert(pairs[:5])

    assert table.calls_of(pairs, pairs[:5]) == ["batch_get_item", "query"]
    assert table.calls_of(pairs, pairs[:5]) == ["batch_get_item"]


def test_another_ones_damaged_item_is_no_matter(table: Table, moto: MotoPipeline) -> None:
    pairs = in_one_partition(4)
    damaged: dict[str, Any] = {"device_id": {"S": partition(pairs[0][0])}, "event_date": {"S": "nobody's"}}
    moto.dynamodb.put_item(TableName=PROCESSED_TABLE, Item=damaged)

    assert table.calls_of(pairs, []) == ["query"]
