"""`make load` accounts for every reading, and finds a lost and a doubled item in the tables."""

import pytest

from ops.aws.api_client import ApiClient
from ops.cli.command import main
from ops.local.pipeline import Pipeline
from ops.operate.callers import Operator
from ops.operate.load.generator import Shape, generate_load
from ops.operate.load.ledger import Tables
from ops.operate.load.load_report import Report
from tests.support.proving import Figures
from tests.support.running_pipeline import eventually

pytestmark = [pytest.mark.timeout(900), pytest.mark.slow, pytest.mark.proof("throttling and load")]
SECONDS = 30


@pytest.fixture
def operator(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Let the command find the tests' own pipeline."""
    found = Operator(pipeline.administrator, pipeline.outputs)
    monkeypatch.setattr("ops.cli.operating.find_operator", lambda *_: found)
    monkeypatch.setattr("ops.cli.operating.find_api", lambda *_: ApiClient(pipeline.api, pipeline.caller))
    return found


@pytest.mark.usefixtures("operator")
def test_a_load_of_many_devices_loses_and_doubles_nothing(capsys: pytest.CaptureFixture[str], figures: Figures) -> None:
    code = main(["load", "--devices", "24", "--seconds", str(SECONDS), "--batch", "10", "--clients", "4"])

    text = capsys.readouterr().out
    printed = dict(line.split(maxsplit=1) for line in text.splitlines() if not line.startswith("["))
    assert (code, printed["lost"], printed["doubled"], printed["refused"]) == (0, "0", "0", "0"), text
    assert printed["processed"] == printed["accepted"]
    figures.tried("readings of the load accepted and processed, none lost, none doubled", int(printed["accepted"]))
    for name in ("lag", "rate", "answer"):
        figures.measure(f"{name} of the load", printed[name])


def test_a_deleted_and_an_added_item_are_found(pipeline: Pipeline, tables: Tables, figures: Figures) -> None:
    ledger = generate_load(ApiClient(pipeline.api, pipeline.caller), Shape(3, 1, 5, 1), f"taken-{id(tables)}")
    first_device = min(ledger.sent()).device_id

    def report() -> Report:
        return Report(ledger, *tables.read(ledger.sent()), seconds=1)

    eventually(lambda: report().is_sound() or None)
    items = tables.dynamodb.query(
        TableName=tables.processed,
        KeyConditionExpression="device_id = :device",
        ExpressionAttributeValues={":device": {"S": first_device}},
    )["Items"]

    duplicate = {**items[0], "event_date": {"S": items[0]["event_date"]["S"].replace("Z", "+00:00")}}
    tables.dynamodb.put_item(TableName=tables.processed, Item=duplicate)
    assert report().doubled == 1
    figures.count("items added to a table by hand found")

    key = {name: items[1][name] for name in ("device_id", "event_date")}
    tables.dynamodb.delete_item(TableName=tables.processed, Key=key)
    assert [str(lost.timestamp) for lost in report().lost] == [items[1]["timestamp"]["N"]]
    assert not report().is_sound()
    figures.count("items deleted from a table by hand found")
