"""`POST /ingest`, from the event to the tables."""

import base64
import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import ingestion
from handlers.domain.timestamps import now
from handlers.settings import load
from tests.handlers.fakes import Context
from tests.handlers.moto_pipeline import API_KEY_PARAMETER, CONFIG_PARAMETER, RAW_TABLE, MotoPipeline, event, new_device

PAST = {"device_id": "d", "timestamp": 1_000, "sensor_data": {"temp": 25.5}}
OTHER = {**PAST, "sensor_data": {"temp": 26}}


def test_a_real_event_is_stored_and_queued(moto: MotoPipeline) -> None:
    before = now()

    answer = ingestion.lambda_handler(event("ingest"), Context())

    body = json.loads(answer["body"])
    assert answer["statusCode"] == 200
    assert body["device_id"] == "test-device-001"
    assert before <= body["timestamp"] <= now()
    assert [(item["timestamp"], item["sensor_data"]) for item in moto.raw_items()] == [
        (body["timestamp"], {"temp": Decimal("25.5")})
    ]
    (record,) = moto.queued()
    assert [reading["timestamp"] for reading in json.loads(record["body"])["readings"]] == [body["timestamp"]]
    assert record["messageAttributes"]["correlation_id"]["stringValue"] == "7b8c1a52-6f0e-4f3d-9d3a-0c5b1e2f4a6d"


def test_a_body_may_come_in_base64(moto: MotoPipeline) -> None:
    posted = event("ingest")
    posted["body"], posted["isBase64Encoded"] = base64.b64encode(posted["body"].encode()).decode(), True

    assert ingestion.lambda_handler(posted, Context())["statusCode"] == 200
    assert len(moto.raw_items()) == 1


def test_the_same_reading_again_changes_nothing(moto: MotoPipeline) -> None:
    assert moto.post(PAST) == moto.post(PAST)
    assert len(moto.raw_items()) == 1
    assert len(moto.queued()) == 2


def test_another_reading_of_the_millisecond_is_refused(moto: MotoPipeline) -> None:
    moto.post(PAST)

    status, problem = moto.post(OTHER)

    assert status == 409
    assert problem["errors"][0]["pointer"] == "#/timestamp"
    assert [item["sensor_data"]["temp"] for item in moto.raw_items()] == [Decimal("25.5")]
    assert len(moto.queued()) == 1


def test_readings_without_a_time_are_all_kept(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingestion, "now", lambda: 5_000)

    statuses = [moto.post({"device_id": "d", "sensor_data": {"temp": value}})[0] for value in (1, 2, 3)]

    assert statuses == [200, 200, 200]
    assert sorted((item["timestamp"], item["sensor_data"]["temp"]) for item in moto.raw_items()) == [
        (5_000, 1),
        (5_001, 2),
        (5_002, 3),
    ]


@pytest.mark.parametrize(
    ("timestamp", "status"), [("2026-11-23T10:15:30.123Z", 400), (5_300, 200), (5_301, 400), (0, 200), (-1, 400)]
)
def test_a_clock_may_be_a_little_ahead(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, timestamp: object, status: int
) -> None:
    monkeypatch.setenv("MAXIMUM_CLOCK_SKEW_SECONDS", "0")
    monkeypatch.setattr(ingestion, "now", lambda: 5_300)

    assert moto.post({**PAST, "timestamp": timestamp})[0] == status


@pytest.mark.parametrize(
    ("oldest", "timestamp", "status"),
    [
        ("2000-01-01", 946_684_799_999, 400),
        ("2000-01-01", 946_684_800_000, 200),
        ("2000-01-01", "1999-12-31T23:59:59Z", 400),
        ("2000-01-02", 946_684_800_000, 400),
        ("1960-01-01", 0, 200),
        ("1960-01-01", -1, 400),
    ],
)
def test_a_clock_that_is_not_set_is_noticed(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, oldest: str, timestamp: object, status: int
) -> None:
    monkeypatch.setenv("OLDEST_TIMESTAMP", oldest)

    assert moto.post({**PAST, "timestamp": timestamp})[0] == status


def test_what_was_acknowledged_before_is_processed_however_old(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    moto.post(PAST)
    monkeypatch.setenv("OLDEST_TIMESTAMP", "2000-01-01")
    load.cache_clear()

    assert moto.post(PAST)[0] == 400
    assert moto.process(*moto.queued()) == {"batchItemFailures": []}
    assert [item["timestamp"] for item in moto.processed_items()] == [PAST["timestamp"]]
    assert moto.reprocess({"device_id": "d"}) == (200, {"processed": 1, "failed": 0, "next_token": None})
    assert moto.query(device_id="d", end="1000")[1]["count"] == 1


def test_a_batch_is_accepted(moto: MotoPipeline) -> None:
    readings = [{**PAST, "timestamp": number} for number in range(25)]

    assert moto.post({"readings": readings}) == (200, {"accepted": 25, "rejected": []})
    assert len(moto.raw_items()) == 25
    messages = moto.queued()
    assert sorted(len(json.loads(message["body"])["readings"]) for message in messages) == [5, 10, 10]
    timestamps = [reading["timestamp"] for each in messages for reading in json.loads(each["body"])["readings"]]
    assert sorted(timestamps) == list(range(25))


def test_a_batch_is_accepted_in_part(moto: MotoPipeline) -> None:
    moto.post(PAST)

    status, body = moto.post({"readings": [OTHER, {**PAST, "timestamp": 1}, {"device_id": "d"}, PAST]})

    assert status == 207
    assert body["accepted"] == 2
    assert [(each["index"], each["error"]["status"]) for each in body["rejected"]] == [(0, 409), (2, 400)]
    assert [fault["pointer"] for each in body["rejected"] for fault in each["error"]["errors"]] == [
        "#/readings/0/timestamp",
        "#/readings/2/sensor_data",
    ]
    assert sorted(item["timestamp"] for item in moto.raw_items()) == [1, 1_000]


def test_a_batch_without_a_good_reading_is_refused(moto: MotoPipeline) -> None:
    status, body = moto.post({"readings": [{"device_id": "d"}, 1]})

    assert status == 400
    assert body["title"] == "Bad Request"
    assert body["accepted"] == 0
    assert [each["index"] for each in body["rejected"]] == [0, 1]
    assert moto.raw_items() == moto.queued() == []


def test_a_batch_that_contradicts_itself_keeps_its_first(moto: MotoPipeline) -> None:
    status, body = moto.post({"readings": [OTHER, PAST, OTHER]})

    assert (status, body["accepted"]) == (207, 2)
    assert [each["index"] for each in body["rejected"]] == [1]
    assert [item["sensor_data"]["temp"] for item in moto.raw_items()] == [26]


def test_the_batch_size_is_the_parameters(moto: MotoPipeline) -> None:
    moto.ssm.put_parameter(Name=CONFIG_PARAMETER, Value='{"batch_size": 2}', Type="String", Overwrite=True)

    status, problem = moto.post({"readings": [PAST] * 3})

    assert (status, problem["errors"]) == (
        400,
        [{"pointer": "#/readings", "detail": "must be an array of 1 to 2 readings"}],
    )


def test_the_batch_size_never_passes_the_contracts(moto: MotoPipeline) -> None:
    moto.ssm.put_parameter(Name=CONFIG_PARAMETER, Value='{"batch_size": 9999}', Type="String", Overwrite=True)

    assert moto.post({"readings": [PAST] * 101})[0] == 400


BAD = {
    "empty": "",
    "not json": "{",
    "array": "[]",
    "number": "1",
    "twice": '{"device_id":"d","device_id":"d","sensor_data":{"a":1}}',
    "nan": '{"device_id":"d","sensor_data":{"a":NaN}}',
    "infinity": '{"device_id":"d","sensor_data":{"a":-Infinity}}',
    "deep": '{"device_id":"d","sensor_data":' + '{"a":' * 20_000 + "1" + "}" * 20_001,
    "huge exponent": '{"device_id":"d","sensor_data":{"a":1e999999999999}}',
    "long number": '{"device_id":"d","sensor_data":{"a":' + "1" * 10_000 + "}}",
    "long timestamp": '{"device_id":"d","timestamp":' + "1" * 10_000 + ',"sensor_data":{"a":1}}',
    "surrogate": '{"device_id":"d","sensor_data":{"a":"\\ud800"}}',
    "surrogate name": '{"device_id":"d","sensor_data":{"\\udfff":1}}',
    "nul": '{"device_id":"d","sensor_data":{"a":"\\u0000"}}',
    "raw control": '{"device_id":"d","sensor_data":{"a":"\x01"}}',
    "noncharacter": '{"device_id":"d","sensor_data":{"a":"\uffff"}}',
    "unknown member": '{"device_id":"d","sensor_data":{"a":1},"\\ud800":1}',
    "many unknown": json.dumps({f"m{number}": 1 for number in range(20_000)}),
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_bad_bodies_are_refused_with_a_reason(moto: MotoPipeline, body: str) -> None:
    status, problem = moto.post(body)

    assert status == 400
    assert all(fault["pointer"].startswith("#") and fault["detail"] for fault in problem["errors"])
    assert moto.raw_items() == moto.queued() == []


def test_a_large_body_is_refused_as_such(moto: MotoPipeline) -> None:
    assert moto.post(" " * 1_048_577)[0] == 413


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = {"device_id": st.just("d") | JSON, "timestamp": JSON, "sensor_data": st.dictionaries(st.text(), JSON) | JSON}
SENT = st.fixed_dictionaries(
    {}, optional={**MEMBERS, "readings": st.lists(st.fixed_dictionaries({}, optional=MEMBERS))}
)


@given(SENT | JSON)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_sent_breaks_anything(moto: MotoPipeline, document: object) -> None:
    status, body = moto.post(document)

    assert status in (200, 207, 400, 409)
    accepted = 1 if "device_id" in body else body.get("accepted", 0)
    queued = moto.queued_readings()
    assert len(queued) == accepted
    for reading in queued:
        assert reading["timestamp"] in [item["timestamp"] for item in moto.items_of(RAW_TABLE, reading["device_id"])]


@given(st.integers(-(10**38) + 1, 10**38 - 1), st.integers(-130, 88))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_number_goes_through_unrounded(moto: MotoPipeline, digits: int, exponent: int) -> None:
    device = new_device()

    status, _ = moto.post(f'{{"device_id":"{device}","sensor_data":{{"value":{digits}E{exponent}}}}}')
    moto.process(*moto.queued())

    expected = Decimal(f"{digits}E{exponent}")
    assert status == 200
    assert [item["sensor_data"]["value"] for item in moto.items_of(RAW_TABLE, device)] == [expected]
    assert moto.query(device_id=device)[1]["items"][0]["sensor_data"]["value"] == expected


@pytest.fixture
def api_key(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> str:
    moto.ssm.put_parameter(Name=API_KEY_PARAMETER, Value="a-key", Type="SecureString")
    monkeypatch.setenv("API_KEY_PARAMETER", API_KEY_PARAMETER)
    return "a-key"


def test_a_key_is_asked_for(moto: MotoPipeline, api_key: str) -> None:
    assert moto.post(PAST)[0] == 401
    assert moto.post(PAST, {"x-api-key": "another"})[0] == 403
    assert moto.raw_items() == []
    assert moto.post(PAST, {"X-API-KEY": api_key})[0] == 200


@pytest.mark.usefixtures("api_key")
def test_without_its_parameter_no_key_is_right(moto: MotoPipeline) -> None:
    moto.ssm.delete_parameter(Name=API_KEY_PARAMETER)

    assert moto.post(PAST, {"X-Api-Key": ""})[0] == 503
    assert moto.raw_items() == []


def test_items_expire_when_asked_to(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAW_TTL_DAYS", "1")

    moto.post(PAST)

    assert moto.raw_items()[0]["expires_at"] == pytest.approx(now() // 1000 + 86_400, abs=60)
