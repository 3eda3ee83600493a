"""SSM parameters."""

import pytest

from handlers import observability
from handlers.aws import parameters
from handlers.aws.parameters import Parameter
from handlers.domain.configuration import Configuration
from handlers.errors import InvalidParameterError, UnavailableError
from tests.handlers.fakes import Clock, FailingClient, Logs, client_error
from tests.handlers.moto_pipeline import CONFIG_PARAMETER, MotoPipeline

DENIED = client_error("AccessDeniedException")


def read(text: str) -> str:
    if text == "bad":
        raise InvalidParameterError(text)
    return text


class Store:
    """A parameter `p`, its clock, and the errors that it reported."""

    def __init__(self, moto: MotoPipeline, *, failures: int = 0) -> None:
        self.moto = moto
        self.clock = Clock()
        self.invalid: list[str] = []
        self.client = FailingClient(moto.ssm, "get_parameter", DENIED, times=failures)
        self.parameter = Parameter(
            self.client,  # type: ignore[arg-type] # a fake
            "p",
            read,
            lambda error: self.invalid.append(str(error)),
            self.clock,
        )

    def put(self, text: str) -> None:
        self.moto.ssm.put_parameter(Name="p", Value=text, Type="SecureString", Overwrite=True)

    def value(self) -> str | None:
        return self.parameter.value(self.clock.retrying())

    def grow_old(self, seconds: float = 60) -> None:
        self.clock.seconds += seconds


def test_a_parameter_is_read_once_a_minute(moto: MotoPipeline) -> None:
    store = Store(moto)
    store.put("one")
    assert store.value() == "one"
    store.put("two")

    assert store.value() == "one"
    store.grow_old(59)
    assert store.value() == "one"
    assert len(store.client.calls) == 1
    store.grow_old(1)
    assert store.value() == "two"


def test_a_bad_text_leaves_the_last_good_value(moto: MotoPipeline) -> None:
    store = Store(moto)
    store.put("good")
    store.value()
    store.put("bad")
    store.grow_old()

    assert [store.value(), store.value()] == ["good", "good"]
    assert store.invalid == ["bad"]


def test_without_a_valid_value_it_is_none(moto: MotoPipeline) -> None:
    store = Store(moto)

    assert [store.value(), store.value()] == [None, None]
    assert store.invalid == ["p does not exist"]


def test_a_silent_aws_leaves_the_last_good_value(moto: MotoPipeline) -> None:
    store = Store(moto)
    store.put("good")
    store.value()
    store.client.left = 1
    store.grow_old()

    assert [store.value(), store.value()] == ["good", "good"]
    assert store.client.calls == ["get_parameter"] * 2  # and not again for a minute
    assert store.invalid == []


def test_a_silent_aws_at_first_is_an_error_and_asked_again(moto: MotoPipeline) -> None:
    store = Store(moto, failures=1)
    store.put("good")

    with pytest.raises(UnavailableError):
        store.value()
    assert store.value() == "good"


def test_a_broken_configuration_falls_back_and_is_reported(moto: MotoPipeline, logs: Logs) -> None:
    moto.ssm.put_parameter(Name=CONFIG_PARAMETER, Value='{"batch_size": 0}', Type="String", Overwrite=True)

    configuration = parameters.configuration(moto.ssm, CONFIG_PARAMETER)(Clock().retrying())

    assert configuration == Configuration()
    assert "batch_size" in logs.lines()[0]["reason"]
    assert observability.metrics.metric_set.keys() == {"ConfigurationInvalid"}
