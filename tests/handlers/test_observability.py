"""Logs, metrics and traces."""

import json
from typing import Any

import pytest

from handlers import ingestion, observability
from handlers.aws import clients
from handlers.contract import METRICS_NAMESPACE, Metric
from handlers.errors import SettingsError
from handlers.services.batch import BatchFailedError
from tests.handlers.fakes import Context, FailingClient, Logs, client_error
from tests.handlers.moto_pipeline import MotoPipeline, event, message, packed_message, reading_message

SECRET = "do-not-log-me"


def metrics(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the metrics written last; CloudWatch takes them from the standard output."""
    document: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return document


def names(document: dict[str, Any]) -> set[str]:
    return {metric["Name"] for metric in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]}


def test_metrics_have_the_one_dimension_of_the_contract(
    moto: MotoPipeline, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "ingestion")
    moto.post({"device_id": "d", "sensor_data": {"temp": 1}})

    document = metrics(capsys)

    (directive,) = document["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == METRICS_NAMESPACE
    assert directive["Dimensions"] == [["Environment"]]
    assert document["Environment"] == "test"
    assert "service" not in document


def test_ingestion_counts_readings(moto: MotoPipeline, capsys: pytest.CaptureFixture[str]) -> None:
    good = {"device_id": "d", "timestamp": 1, "sensor_data": {"temp": 1}}

    moto.post({"readings": [good, good, {**good, "sensor_data": {"temp": 2}}, {}]})

    document = metrics(capsys)
    assert names(document) == {Metric.READINGS_ACCEPTED, Metric.READINGS_DUPLICATE, Metric.READINGS_REJECTED}
    assert document[Metric.READINGS_ACCEPTED] == [2]
    assert document[Metric.READINGS_DUPLICATE] == [1]
    assert document[Metric.READINGS_REJECTED] == [2]


@pytest.mark.parametrize("body", ["", "{", "{}"])
def test_a_refused_request_is_a_rejected_reading(
    moto: MotoPipeline, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    moto.post(body)

    assert metrics(capsys)[Metric.READINGS_REJECTED] == [1]


def test_processing_counts_and_measures(moto: MotoPipeline, capsys: pytest.CaptureFixture[str]) -> None:
    moto.process(reading_message("d", 1, temp=90), message("?"))

    document = metrics(capsys)
    assert names(document) == {
        Metric.ALERTS_PUBLISHED,
        Metric.BATCH_SIZE,
        Metric.END_TO_END_LAG,
        Metric.READINGS_FAILED,
        Metric.READINGS_PROCESSED,
    }
    assert document[Metric.BATCH_SIZE] == [2]
    assert document[Metric.END_TO_END_LAG][0] > 0
    assert (document[Metric.READINGS_PROCESSED], document[Metric.READINGS_FAILED]) == ([1], [1])


def test_readings_are_counted_and_messages_measured(moto: MotoPipeline, capsys: pytest.CaptureFixture[str]) -> None:
    moto.process(packed_message(*(("d", number, {"temp": 1}) for number in range(10))), reading_message("d", 10, a=1))

    document = metrics(capsys)
    assert document[Metric.BATCH_SIZE] == [2]
    assert document[Metric.READINGS_PROCESSED] == [11]
    assert len(document[Metric.END_TO_END_LAG]) == 2


def test_the_readings_of_a_batch_that_cannot_be_begun_are_counted(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    denied = FailingClient(moto.ssm, "get_parameter", client_error("AccessDeniedException"))
    monkeypatch.setattr(clients, "ssm", lambda: denied)

    with pytest.raises(BatchFailedError):
        moto.process(packed_message(("d", 1, {"a": 1}), ("d", 2, {"a": 1})), message("?"))

    document = metrics(capsys)
    assert (document[Metric.READINGS_PROCESSED], document[Metric.READINGS_FAILED]) == ([0], [3])


def test_a_query_writes_no_metrics(moto: MotoPipeline, capsys: pytest.CaptureFixture[str]) -> None:
    moto.query(device_id="d")

    assert capsys.readouterr().out == ""


def test_the_correlation_id_reaches_the_processors_log(moto: MotoPipeline, logs: Logs) -> None:
    moto.post({"device_id": "d", "sensor_data": {"temp": 1}})
    request = "7b8c1a52-6f0e-4f3d-9d3a-0c5b1e2f4a6d"
    assert [line["correlation_id"] for line in logs.lines()] == [request]

    moto.process(*moto.queued(), message("?", correlation_id="another"), message("?", correlation_id=None))

    lines = logs.lines()[1:]
    assert [line.get("correlation_id") for line in lines] == ["another", None, None]
    assert lines[-1]["correlation_ids"] == [request, "another"]


def test_logs_contain_no_payloads_and_no_secrets(
    moto: MotoPipeline, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    moto.ssm.put_parameter(Name="key", Value=SECRET, Type="SecureString")
    monkeypatch.setenv("API_KEY_PARAMETER", "key")
    for sensor_data in ({SECRET: 1}, {"a": SECRET}, {"a": SECRET * 100}, {SECRET: None}, SECRET):
        moto.post({"device_id": "d", "sensor_data": sensor_data, SECRET: 1}, {"X-Api-Key": SECRET})
        moto.post({"device_id": "d", "sensor_data": sensor_data}, {"X-Api-Key": SECRET})
    moto.post(f'{{"{SECRET}', {"X-Api-Key": SECRET})
    moto.post({}, {"X-Api-Key": f"{SECRET}!"})
    moto.process(
        *moto.queued(),
        message(SECRET),
        message({"version": 1, SECRET: SECRET}),
        message({"version": 2, "readings": [SECRET]}),
    )
    moto.reprocess({"device_id": "d", SECRET: SECRET})
    moto.query(device_id=SECRET, table=SECRET)

    assert logs.lines()
    assert SECRET not in logs.stream.getvalue()


def test_a_function_without_its_variables_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENVIRONMENT", "RAW_TABLE_NAME", "QUEUE_URL", "CONFIG_PARAMETER"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(SettingsError, match="ENVIRONMENT, RAW_TABLE_NAME, QUEUE_URL, CONFIG_PARAMETER"):
        ingestion.lambda_handler(event("ingest"), Context())


def test_traces_are_annotated(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[tuple[str, object]] = []
    monkeypatch.setattr(observability.tracer, "put_annotation", lambda key, value: noted.append((key, value)))

    moto.post({"device_id": "d", "sensor_data": {"temp": 1}})
    moto.process(reading_message("d", 1, temp=1), reading_message("d", 2, temp=1))
    moto.query(device_id="d")
    moto.reprocess({"device_id": "e"})

    assert noted == [("device", "d"), ("batch", 2), ("device", "d"), ("device", "e")]


def test_the_trace_header_is_lambdas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)
    assert observability.trace_header() is None

    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1")
    assert observability.trace_header() == "Root=1"
