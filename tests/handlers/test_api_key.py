"""The API key, which ingestion requires where its parameter is set."""

import pytest

from tests.handlers.moto_pipeline import API_KEY_PARAMETER, MotoPipeline

READING = {"device_id": "d", "timestamp": 1, "sensor_data": {"temp": 1}}
KEY = "k€y"


@pytest.fixture(autouse=True)
def _key(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    moto.ssm.put_parameter(Name=API_KEY_PARAMETER, Value=KEY, Type="SecureString")
    monkeypatch.setenv("API_KEY_PARAMETER", API_KEY_PARAMETER)


@pytest.mark.parametrize(("sent", "status"), [(None, 401), ("", 403), ("kez", 403), (f"{KEY} ", 403), ("\ud800", 403)])
def test_a_wrong_key_is_refused(moto: MotoPipeline, sent: str | None, status: int) -> None:
    found, problem = moto.post(READING, {} if sent is None else {"X-Api-Key": sent})

    assert found == status
    assert "kez" not in str(problem)
    assert moto.raw_items() == []


def test_the_key_is_accepted(moto: MotoPipeline) -> None:
    assert moto.post(READING, {"X-Api-Key": KEY})[0] == 200
