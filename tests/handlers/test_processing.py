"""Items first, then alerts; what fails stays by itself."""

from decimal import Decimal
from typing import Any

import pytest

from handlers.aws import alert_state_reader
from handlers.aws.alert_state import PARTITIONS
from handlers.aws.alert_state_reader import AlertStateReader
from handlers.aws.alert_state_writer import AlertStateWriter
from handlers.aws.alert_topic import AlertTopic
from handlers.aws.processed_table import ProcessedTable
from handlers.domain.configuration import read_configuration
from handlers.domain.reading import Reading
from handlers.domain.transform import Plan, plan
from handlers.errors import RefusedError
from handlers.services.alerting import Alerting
from handlers.services.processing import Processing
from tests.handlers.fakes import Clock, FailingClient, client_error
from tests.handlers.moto_pipeline import PROCESSED_TABLE, MotoPipeline
from tests.handlers.sensor_under_rule import consistent_reader

RULES = read_configuration('{"rules": {"temperature": {"max": 85}}}').rules
DENIED = client_error("AccessDeniedException")


def planned(device_id: str, timestamp: int, **sensor_data: Any) -> Plan:
    return plan(Reading(device_id, timestamp, sensor_data), RULES, processed_at=0)


def processing(moto: MotoPipeline, dynamodb: Any = None, sns: Any = None, ttl_days: int | None = None) -> Processing:
    client = dynamodb or moto.dynamodb
    topic = AlertTopic(sns or moto.sns, moto.topic_arn)
    writer, reader = AlertStateWriter(client, PROCESSED_TABLE, lambda: 0), AlertStateReader(client, PROCESSED_TABLE)
    alerting = Alerting(writer, reader, consistent_reader(client), topic, lambda: 0, lambda: None)
    return Processing(ProcessedTable(client, PROCESSED_TABLE, ttl_days), alerting, lambda: 1_000_000)


def carry_out(processing: Processing, *plans: Plan) -> dict[tuple[str, int], Exception]:
    return processing.carry_out(plans, Clock().retrying())


def test_sixty_items_take_three_calls(moto: MotoPipeline) -> None:
    client = FailingClient(moto.dynamodb, "nothing", DENIED)

    assert carry_out(processing(moto, client), *[planned("d", number, a=True) for number in range(60)]) == {}
    assert client.calls == ["batch_write_item"] * 3
    assert len(moto.processed_items()) == 60


def test_a_hundred_devices_of_which_nothing_is_new_take_few_calls(moto: MotoPipeline) -> None:
    quiet = [planned(f"quiet-{number}", 1, temp=Decimal(20)) for number in range(50)]
    hot = [planned(f"hot-{number}", 1, temp=Decimal(90)) for number in range(50)]
    assert carry_out(processing(moto), *quiet, *hot) == {}
    client = FailingClient(moto.dynamodb, "nothing", DENIED)

    later = [planned(f"quiet-{number}", 2, temp=Decimal(21)) for number in range(50)]
    later += [planned(f"hot-{number}", 2, temp=Decimal(91)) for number in range(50)]

    assert carry_out(processing(moto, client), *later) == {}
    assert client.calls == ["batch_write_item"] * 4 + ["query"] * PARTITIONS
    assert len(moto.notifications()) == 50


def test_states_are_got_a_hundred_in_a_call(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_state_reader, "WORTH", 100)
    client = FailingClient(moto.dynamodb, "nothing", DENIED)
    plans = [planned(f"d-{number}", 1, temp=Decimal(20)) for number in range(101)]

    assert carry_out(processing(moto, client), *plans) == {}
    assert client.calls == ["batch_write_item"] * 5 + ["batch_get_item"] * 2


def test_states_left_over_are_read_again(moto: MotoPipeline) -> None:
    class Throttled(FailingClient):
        """Reads one item of each batch."""

        def batch_get_item(self, **arguments: Any) -> Any:
            request = arguments["RequestItems"][PROCESSED_TABLE]
            first, *others = request["Keys"]
            answer = moto.dynamodb.batch_get_item(RequestItems={PROCESSED_TABLE: {**request, "Keys": [first]}})
            left = {PROCESSED_TABLE: {**request, "Keys": others}} if others else {}
            return {**answer, "UnprocessedKeys": left}

    devices = [f"d-{number}" for number in range(3)]
    carry_out(processing(moto), *[planned(device, 1, temp=Decimal(90)) for device in devices])
    client = Throttled(moto.dynamodb, "update_item", DENIED)

    assert carry_out(processing(moto, client), *[planned(device, 2, temp=Decimal(91)) for device in devices]) == {}


def test_states_left_over_to_the_end_have_failed(moto: MotoPipeline) -> None:
    class Full(FailingClient):
        def batch_get_item(self, **arguments: Any) -> Any:
            return {"Responses": {}, "UnprocessedKeys": arguments["RequestItems"]}

    client = Full(moto.dynamodb, "nothing", DENIED)

    failures = carry_out(processing(moto, client), planned("d", 1, temp=Decimal(20)), planned("e", 1, a=True))

    assert {key: str(error) for key, error in failures.items()} == {("d", 1): "batch_get_item: UnprocessedKeys"}


def test_the_same_reading_twice_is_one_item(moto: MotoPipeline) -> None:
    same = planned("d", 1, temp=Decimal(20))

    assert carry_out(processing(moto), same, same) == {}
    assert len(moto.processed_items()) == 1


def test_items_expire_when_asked_to(moto: MotoPipeline) -> None:
    carry_out(processing(moto, ttl_days=7), planned("d", 1, temp=Decimal(90)))

    assert moto.processed_items()[0]["expires_at"] == 1_000 + 7 * 86_400
    assert "expires_at" not in moto.processed_items(alerts=True)[0]


def test_unprocessed_items_are_written_again(moto: MotoPipeline) -> None:
    class Throttled(FailingClient):
        """Takes one item of each batch."""

        def batch_write_item(self, **arguments: Any) -> Any:
            first, *others = arguments["RequestItems"][PROCESSED_TABLE]
            moto.dynamodb.batch_write_item(RequestItems={PROCESSED_TABLE: [first]})
            return {"UnprocessedItems": {PROCESSED_TABLE: others} if others else {}}

    client = Throttled(moto.dynamodb, "nothing", DENIED)

    assert carry_out(processing(moto, client), *[planned("d", number, a=True) for number in range(5)]) == {}
    assert len(moto.processed_items()) == 5


def test_items_unprocessed_to_the_end_have_failed(moto: MotoPipeline) -> None:
    class Full:
        def batch_write_item(self, **arguments: Any) -> Any:
            return {"UnprocessedItems": arguments["RequestItems"]}

    failures = carry_out(processing(moto, Full()), planned("d", 1, a=True))

    assert str(failures["d", 1]) == "batch_write_item: UnprocessedItems"


def test_a_failed_batch_fails_alone(moto: MotoPipeline) -> None:
    client = FailingClient(moto.dynamodb, "batch_write_item", DENIED, times=1)

    failures = carry_out(processing(moto, client), *[planned("d", number, a=True) for number in range(30)])

    assert failures.keys() == {("d", number) for number in range(25)}
    assert len(moto.processed_items()) == 5


def test_a_refused_item_is_found(moto: MotoPipeline) -> None:
    too_large = planned("d", 1, **{f"n{number}": "x" * 10_000 for number in range(60)})
    good = planned("d", 2, temp=Decimal(20))

    failures = carry_out(processing(moto), too_large, good)

    assert failures.keys() == {("d", 1)}
    assert isinstance(failures[("d", 1)], RefusedError)
    assert [item["timestamp"] for item in moto.processed_items()] == [2]


@pytest.mark.parametrize("client", ["dynamodb", "sns"])
def test_a_failed_alert_fails_its_device(moto: MotoPipeline, client: str) -> None:
    operation = {"dynamodb": "update_item", "sns": "publish"}[client]
    failing: dict[str, Any] = {client: FailingClient(getattr(moto, client), operation, DENIED, times=1)}
    plans = [planned("broken", 1, temp=Decimal(90)), planned("silent", 1, humidity=Decimal(1))]

    failures = carry_out(processing(moto, **failing), *plans)

    assert failures.keys() == {("broken", 1)}
    assert len(moto.processed_items()) == 2


def test_an_item_that_failed_raises_no_alert(moto: MotoPipeline) -> None:
    client = FailingClient(moto.dynamodb, "batch_write_item", DENIED)

    carry_out(processing(moto, client), planned("d", 1, temp=Decimal(90)))

    assert moto.processed_items(alerts=True) == []
