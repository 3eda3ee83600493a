"""The configuration's text."""

import json
from decimal import Decimal

import pytest

from handlers.aws.alert_state import table_key
from handlers.domain.configuration import Configuration, read_configuration
from handlers.domain.rules import Rule
from handlers.errors import InvalidParameterError
from tests.handlers.moto_pipeline import CONFIGURATION


def test_the_documented_configuration_is_read() -> None:
    configuration = read_configuration(json.dumps(CONFIGURATION))

    assert (configuration.batch_size, configuration.processing_timeout) == (100, 60)
    assert configuration.rules == {"temperature": Rule(Decimal(-40), Decimal(85), Decimal(1))}


def test_everything_has_a_default() -> None:
    assert read_configuration("{}") == Configuration(batch_size=100, processing_timeout=60, rules={})


def test_limits_are_decimals() -> None:
    configuration = read_configuration('{"rules": {"t": {"max": 0.1}}}')

    assert configuration.rules["t"].maximum == Decimal("0.1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "truncated"),
        ("[]", "Expected `object`"),
        ("{", "truncated"),
        ('{"batch_size": 0}', "batch_size"),
        ('{"batch_size": "many"}', "batch_size"),
        ('{"batch_size": 1.5}', "batch_size"),
        ('{"processing_timeout": -1}', "processing_timeout"),
        ('{"rule": {}}', "unknown field `rule`"),
        ('{"rules": []}', "rules"),
        ('{"rules": {"": {"max": 1}}}', "rules"),
        ('{"rules": {"t": {}}}', "a rule needs min or max"),
        ('{"rules": {"t": {"maximum": 1}}}', "unknown field `maximum`"),
        ('{"rules": {"t": {"max": "hot"}}}', "rules"),
        ('{"rules": {"t": {"max": "NaN"}}}', "finite"),
        ('{"rules": {"t": {"min": 2, "max": 1}}}', "no room"),
        ("\ud800", "surrogates"),
    ],
)
def test_an_invalid_text_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidParameterError, match=reason):
        read_configuration(text)


def test_a_rules_name_and_a_devices_id_fit_into_a_sort_key() -> None:
    longest = "\N{THERMOMETER}" * 223  # no character of a name takes more than these four bytes
    limits = {"max": 85}

    assert set(read_configuration(json.dumps({"rules": {longest: limits}})).rules) == {longest}
    assert len(table_key(("d" * 128, longest))["event_date"]["S"].encode()) <= 1024
    with pytest.raises(InvalidParameterError):
        read_configuration(json.dumps({"rules": {longest + "x": limits}}))
