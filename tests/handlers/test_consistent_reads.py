"""What is read consistently, for twice the price, and what is not.

Alerts rely on it: each invocation writes before it reads, so that of two at least one sees the other's reading.
"""

from collections.abc import Callable
from typing import Any

import pytest

from handlers.aws import clients
from tests.handlers.moto_pipeline import RAW_TABLE, MotoPipeline, reading_message

TIMESTAMP = 1_795_428_930_123


class Reads:
    """DynamoDB, whose reads are kept: the operation, the partition or table, and whether it was consistent."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.made: set[tuple[str, bool]] = set()

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def query(self, **arguments: Any) -> Any:
        values = arguments["ExpressionAttributeValues"]
        self.made.add(("states" if ":partition" in values else "readings", arguments["ConsistentRead"]))
        return self._client.query(**arguments)

    def batch_get_item(self, **arguments: Any) -> Any:
        self.made |= {("states by key", each["ConsistentRead"]) for each in arguments["RequestItems"].values()}
        return self._client.batch_get_item(**arguments)


@pytest.fixture
def reads(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> Reads:
    reads = Reads(moto.dynamodb)
    monkeypatch.setattr(clients, "dynamodb", lambda: reads)
    return reads


def test_few_states_and_newer_readings_are_read_consistently(moto: MotoPipeline, reads: Reads) -> None:
    moto.process(reading_message("d", 1, temp=90))

    assert reads.made == {("states by key", True), ("readings", True)}
    assert [each["state"] for each in moto.notifications()] == ["alert"]


def test_many_states_are_read_consistently(moto: MotoPipeline, reads: Reads) -> None:
    moto.process(*[reading_message(f"d{number}", 1, temp=20) for number in range(40)])

    assert reads.made == {("states", True)}


@pytest.mark.parametrize(
    "ask",
    [
        lambda moto: moto.query(device_id="d"),
        lambda moto: moto.query(device_id="d", table="raw"),
        lambda moto: moto.query(device_id="d", interval="PT1H"),
        lambda moto: moto.reprocess({"device_id": "d"}),
    ],
    ids=["processed", "raw", "series", "replay"],
)
def test_a_page_of_readings_costs_half_as_much(
    moto: MotoPipeline, reads: Reads, ask: Callable[[MotoPipeline], Any]
) -> None:
    moto.dynamodb.put_item(TableName=RAW_TABLE, Item={"device_id": {"S": "d"}, "timestamp": {"N": str(TIMESTAMP)}})

    ask(moto)

    assert reads.made == {("readings", False)}
