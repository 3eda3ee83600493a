"""What numbers mean: units of what is set, measured, claimed and remembered, and what is counted."""

import json
from typing import Any

import pytest

from handlers import ingestion
from handlers.aws.alert_state import PARTITIONS, partition
from handlers.aws.alert_topic import AlertTopic
from handlers.domain.configuration import Configuration
from handlers.domain.timestamps import now
from tests.handlers.fakes import Context
from tests.handlers.moto_pipeline import MotoPipeline, message, packed_message, posted, reading_message
from tests.handlers.processor_failures import mistake_at
from tests.handlers.sensor_under_rule import SensorUnderRule

NOW = 1_795_428_930_123
"""Epoch milliseconds."""
BODY = {"device_id": "d", "timestamp": NOW, "sensor_data": {"temp": 20}}


@pytest.fixture
def sensor(moto: MotoPipeline) -> SensorUnderRule:
    return SensorUnderRule(moto)


def written(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The metrics written last."""
    document: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return document


@pytest.mark.parametrize(
    ("skew", "ahead", "status"),
    [("300", 300_000, 200), ("300", 300_001, 400), (None, 300_000, 200), (None, 300_001, 400), ("1", 1_000, 200)],
)
def test_the_clock_skew_is_in_seconds(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, skew: str | None, ahead: int, status: int
) -> None:
    if skew:
        monkeypatch.setenv("MAXIMUM_CLOCK_SKEW_SECONDS", skew)
    monkeypatch.setattr(ingestion, "now", lambda: NOW)

    assert moto.post({**BODY, "timestamp": NOW + ahead})[0] == status


def test_no_skew_reaches_past_the_last_timestamp(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAXIMUM_CLOCK_SKEW_SECONDS", str(10**12))

    assert moto.post({**BODY, "timestamp": 253_402_300_799_999})[0] == 200
    assert moto.post({**BODY, "timestamp": 253_402_300_800_000})[0] == 400


def test_without_a_configuration_a_request_has_100_readings_and_a_batch_60_seconds() -> None:
    defaults = Configuration()

    assert (defaults.batch_size, defaults.processing_timeout, defaults.rules) == (100, 60, {})


def test_a_state_stays_where_it_was() -> None:
    """Another partition would not be found, and its alert published again."""
    assert PARTITIONS == 8
    assert [partition(device) for device in ("sensor-1", "sensor-2", "a")] == ["#alert#3", "#alert#1", "#alert#3"]


def test_a_claim_lasts_as_long_as_the_invocation(sensor: SensorUnderRule, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(AlertTopic, "publish", die)
    with pytest.raises(KeyboardInterrupt):
        sensor.process((1, 90), seconds=20)

    assert sensor.state()["claimed_until"] == sensor.now() + 20_000


def accepted(milliseconds_ago: int, timestamp: int) -> dict[str, Any]:
    """A message that was accepted then."""
    record = reading_message("d", timestamp, temp=20)
    body = {**json.loads(record["body"]), "accepted_at": now() - milliseconds_ago}
    return {**record, "body": json.dumps(body)}


def test_the_lag_is_in_milliseconds_from_acceptance(moto: MotoPipeline, capsys: pytest.CaptureFixture[str]) -> None:
    moto.process(accepted(90_000, NOW), accepted(-60_000, NOW + 1))

    document = written(capsys)
    units = {each["Name"]: each["Unit"] for each in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    assert units.pop("EndToEndLag") == "Milliseconds"
    assert set(units.values()) == {"Count"}
    late, early = document["EndToEndLag"]
    assert 90_000 <= late < 120_000
    assert early == 0  # the clock of who accepted it is ahead


def test_only_a_processed_message_has_a_lag(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whether it failed for now or for good, wholly or in part: what is not processed has no end to measure to."""
    mistake_at(monkeypatch, 2)
    good, deferred = reading_message("d", 1, temp=20), reading_message("d", 2, temp=20)
    in_part = packed_message(("d", 3, {"temp": 20}), ("d", 2, {"temp": 20}))
    malformed = packed_message(("d", 4, {"temp": 20}), ("?", 5, {"temp": 20}))

    response = moto.process(good, deferred, in_part, malformed, message("?"))

    assert [each["itemIdentifier"] for each in response["batchItemFailures"]] == [
        deferred["messageId"],
        in_part["messageId"],
    ]
    assert len(moto.dead_letters()) == 2
    document = written(capsys)
    assert len(document["EndToEndLag"]) == 1
    assert document["BatchSize"] == [5]
    assert (document["ReadingsProcessed"], document["ReadingsFailed"]) == ([3], [4])


def test_a_batch_of_failures_alone_has_no_lag(moto: MotoPipeline, capsys: pytest.CaptureFixture[str]) -> None:
    moto.process(message("?"))

    assert "EndToEndLag" not in written(capsys)


def test_a_replay_counts_its_readings_and_measures_no_lag(
    moto: MotoPipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    moto.post({"readings": [{**BODY, "timestamp": NOW + number} for number in range(3)]})
    moto.dynamodb.put_item(
        TableName="raw-sensor-data-test", Item={"device_id": {"S": "d"}, "timestamp": {"N": str(NOW + 9)}}
    )

    assert moto.reprocess({"device_id": "d"})[1]["processed"] == 3

    document = written(capsys)
    assert (document["ReadingsProcessed"], document["ReadingsFailed"]) == ([3], [1])
    assert "EndToEndLag" not in document


def test_a_refused_request_counts_no_accepted_reading(moto: MotoPipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """The rate of rejected readings is theirs of both, so that nothing accepted is a measurement, too."""
    moto.post("{}")

    document = written(capsys)
    assert (document["ReadingsAccepted"], document["ReadingsRejected"]) == ([0], [1])


def test_only_a_published_alert_is_counted(sensor: SensorUnderRule, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(sensor.moto.sns, "publish", fails)
        with pytest.raises(ConnectionError):
            sensor.process((1, 90))
    assert sensor.published == 0
    sensor.clock.seconds += 60

    sensor.process((1, 90), (2, 91))

    assert sensor.published == 1


def test_keys_are_compared_in_constant_time(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that `==` takes shows how much of a guess is right."""
    compared: list[tuple[bytes, bytes]] = []

    def compare_digest(sent: bytes, expected: bytes) -> bool:
        compared.append((sent, expected))
        return False

    monkeypatch.setattr("handlers.ingestion.hmac.compare_digest", compare_digest)
    moto.ssm.put_parameter(Name="key", Value="right", Type="SecureString")
    monkeypatch.setenv("API_KEY_PARAMETER", "key")

    answer = ingestion.lambda_handler(posted("ingest", BODY, {"X-Api-Key": "right"}), Context())

    assert answer["statusCode"] == 403
    assert compared == [(b"right", b"right")]
