"""The functions' environment variables."""

from datetime import date

import msgspec
import pytest

from generate.naming import FUNCTIONS
from handlers.contract import ENVIRONMENT_VARIABLE
from handlers.errors import SettingsError
from handlers.settings import FunctionSettings, IngestionSettings, load
from tests.handlers.moto_pipeline import MotoPipeline
from tests.support.function_settings import settings_of

VARIABLES = {
    function: {field.encode_name for field in msgspec.structs.fields(settings_of(function))} for function in FUNCTIONS
}


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set().union(*VARIABLES.values()):
        monkeypatch.delenv(name, raising=False)


def test_every_function_reads_its_environment() -> None:
    assert [function for function, names in VARIABLES.items() if ENVIRONMENT_VARIABLE not in names] == []


def test_every_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUE_URL", "https://queue")
    monkeypatch.setenv("RAW_TABLE_NAME", "")

    with pytest.raises(SettingsError, match=r"missing: ENVIRONMENT, RAW_TABLE_NAME, CONFIG_PARAMETER$"):
        load(IngestionSettings)


@pytest.mark.parametrize("value", ["soon", "0", "1.5"])
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, moto: MotoPipeline, value: str) -> None:
    monkeypatch.setenv("RAW_TTL_DAYS", value)
    for name, given in moto.variables.items():
        monkeypatch.setenv(name, given)

    with pytest.raises(SettingsError, match="RAW_TTL_DAYS"):
        load(IngestionSettings)


def test_options_are_off_by_default(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, given in moto.variables.items():
        monkeypatch.setenv(name, given)
    monkeypatch.delenv("OLDEST_TIMESTAMP")

    settings = load(IngestionSettings)

    assert (settings.api_key_parameter, settings.raw_ttl_days, settings.maximum_clock_skew_seconds) == (None, None, 300)
    assert settings.oldest_timestamp == date(2000, 1, 1)
    assert load(FunctionSettings).environment == "test"


def test_options_are_read(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, given in {**moto.variables, "RAW_TTL_DAYS": "30", "MAXIMUM_CLOCK_SKEW_SECONDS": "0"}.items():
        monkeypatch.setenv(name, given)

    settings = load(IngestionSettings)

    assert (settings.raw_ttl_days, settings.maximum_clock_skew_seconds) == (30, 0)
    assert settings.oldest_timestamp == date(1970, 1, 1)


@pytest.mark.parametrize("value", ["2000", "2000-02-30", "946684800000"])
def test_an_oldest_timestamp_is_a_day(monkeypatch: pytest.MonkeyPatch, moto: MotoPipeline, value: str) -> None:
    for name, given in {**moto.variables, "OLDEST_TIMESTAMP": value}.items():
        monkeypatch.setenv(name, given)

    with pytest.raises(SettingsError, match="OLDEST_TIMESTAMP"):
        load(IngestionSettings)
