"""The API key, which ingestion requires where its parameter is set."""

import pytest

from tests.handlers.world import API_KEY_PARAMETER, World

READING = {"device_id": "d", "timestamp": 1, "sensor_data": {"temp": 1}}
KEY = "k€y"


@pytest.fixture(autouse=True)
def _key(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.ssm.put_parameter(Name=API_KEY_PARAMETER, Value=KEY, Type="SecureString")
    monkeypatch.setenv("API_KEY_PARAMETER", API_KEY_PARAMETER)


@pytest.mark.parametrize(("sent", "status"), [(None, 401), ("", 403), ("kez", 403), (f"{KEY} ", 403), ("\ud800", 403)])
def test_a_wrong_key_is_refused(world: World, sent: str | None, status: int) -> None:
    found, problem = world.post(READING, {} if sent is None else {"X-Api-Key": sent})

    assert found == status
    assert "kez" not in str(problem)
    assert world.raw_items() == []


def test_the_key_is_accepted(world: World) -> None:
    assert world.post(READING, {"X-Api-Key": KEY})[0] == 200
