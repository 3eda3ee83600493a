"""The configuration parameter may contain any text: the functions use the last valid one, and report the error."""

import json
from typing import Final

import pytest
from hypothesis import strategies as st

from handlers.contract import MAXIMUM_BATCH_SIZE
from handlers.domain.configuration import Configuration, read_configuration
from handlers.errors import InvalidParameterError
from tests.handlers.conftest import CACHED
from tests.handlers.fakes import Logs
from tests.handlers.moto_pipeline import CONFIG_PARAMETER, MotoPipeline, new_device, reading_message
from tests.proofs.fuzz.bad_json import NUMBERS, TEXTS, VALUES, damaged, deep
from tests.proofs.fuzz.effort import EFFORTS, Effort
from tests.support.proving import Figures

pytestmark = [pytest.mark.proof("bad inputs"), pytest.mark.timeout(900)]

_LIMITS: Final = st.lists(
    st.tuples(
        st.sampled_from(['"min"', '"max"', '"hysteresis"', '"Min"', '"low"']),
        st.sampled_from(NUMBERS)
        | st.sampled_from(["-40", "85", "1", '"1"', '"NaN"', '"sNaN"', '"1e999999999999"'])
        | VALUES,
    ),
    max_size=4,
).map(lambda members: "{" + ",".join(f"{name}:{value}" for name, value in members) + "}")
_RULES: Final = st.lists(
    st.tuples(st.sampled_from(('"temperature"', '"humidity"', *TEXTS)), _LIMITS | VALUES), max_size=3
).map(lambda rules: "{" + ",".join(f"{name}:{limits}" for name, limits in rules) + "}")
_MEMBERS: Final = st.one_of(
    st.tuples(st.just('"rules"'), _RULES),
    st.tuples(
        st.sampled_from(['"batch_size"', '"processing_timeout"']),
        st.sampled_from(("100", "60", "10", *NUMBERS)) | VALUES,
    ),
    st.tuples(st.sampled_from(TEXTS), VALUES),
)
TEXT: Final = (
    st.lists(_MEMBERS, max_size=4).map(
        lambda members: "{" + ",".join(f"{name}:{value}" for name, value in members) + "}"
    )
    | VALUES
    | st.text(min_size=1)
    | st.sampled_from([*deep(1_000).values(), *deep(2_000).values(), '{"rules":' + '{"a":' * 2_000])
)


@pytest.mark.parametrize("effort", EFFORTS)
def test_any_text_is_a_configuration_or_refused(figures: Figures, effort: Effort) -> None:
    def check(text: str) -> None:
        try:
            configuration = read_configuration(text)
        except InvalidParameterError as error:
            figures.count("texts of the parameter, refused", held=bool(str(error)))
            return
        assert 1 <= configuration.batch_size <= MAXIMUM_BATCH_SIZE
        for rule in configuration.rules.values():
            assert (rule.minimum, rule.maximum) != (None, None)
            assert rule.hysteresis >= 0
        figures.count("texts of the parameter, accepted")

    broken = damaged(TEXT).map(lambda body: body.decode("utf-8", "surrogateescape"))
    effort.explore(5_000, TEXT | broken, check)


def clear_caches() -> None:
    """Clear what the functions cache between invocations."""
    for cached in CACHED:
        cached.cache_clear()


def is_valid(text: str) -> bool:
    try:
        return isinstance(read_configuration(text), Configuration)
    except InvalidParameterError:
        return False


@pytest.mark.parametrize("effort", EFFORTS)
def test_the_functions_work_with_any_text_in_the_parameter(
    moto: MotoPipeline, logs: Logs, figures: Figures, effort: Effort
) -> None:
    def check(text: str) -> None:
        moto.ssm.put_parameter(Name=CONFIG_PARAMETER, Value=text, Type="String", Overwrite=True)
        clear_caches()
        logs.stream.seek(0)
        logs.stream.truncate()
        device = new_device()
        status, _ = moto.post({"readings": [{"device_id": device, "timestamp": 1, "sensor_data": {"temperature": 1}}]})
        replayed, _ = moto.reprocess({"device_id": device})
        response = moto.process(reading_message(device, 2, temperature=1))

        assert (status, replayed, response) == (200, 200, {"batchItemFailures": []})
        lines = [line for line in logs.lines() if line["message"] == "the configuration is invalid"]
        assert len(lines) == (0 if is_valid(text) else 2), "once by each function"
        assert all(line["level"] == "ERROR" and line["reason"] for line in lines)
        assert not any("exception" in line for line in logs.lines())
        figures.count("texts of the parameter that functions read")

    storable = TEXT.filter(lambda text: 0 < len(text.encode("utf-8", "replace")) <= 8_192).filter(encodable)
    effort.explore(300, storable, check)


def encodable(text: str) -> bool:
    """Whether AWS could store the text."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def test_the_last_valid_configuration_stays(
    moto: MotoPipeline, figures: Figures, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.aws.parameters.LIFETIME_SECONDS", 0.0)
    valid = json.dumps({"batch_size": 1})
    two = {"readings": [{"device_id": new_device(), "sensor_data": {"a": 1}} for _ in range(2)]}
    for text in (valid, "{", '{"batch_size": 0}', "null", '{"rules": {"a": {}}}'):
        moto.ssm.put_parameter(Name=CONFIG_PARAMETER, Value=text, Type="String", Overwrite=True)
        status, problem = moto.post(two)
        assert (status, problem["errors"][0]["detail"]) == (400, "must be an array of 1 to 1 readings"), text
        metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert any("ConfigurationInvalid" in line for line in metrics) is (text is not valid)
        figures.count("invalid texts after a valid one")
