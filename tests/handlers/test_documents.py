"""JSON text, strictly."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.documents import encode, parse, shown
from handlers.errors import MalformedDocumentError


def test_numbers_keep_every_digit() -> None:
    text = '{"a":0.1,"b":12345678901234567890123456789012345678,"c":1E-130,"d":-25.50}'

    assert parse(text) == {
        "a": Decimal("0.1"),
        "b": Decimal("12345678901234567890123456789012345678"),
        "c": Decimal("1E-130"),
        "d": Decimal("-25.50"),
    }


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999999999999999999999"])
def test_numbers_that_are_not_finite_are_left_to_validation(text: str) -> None:
    number = parse(text)

    assert isinstance(number, Decimal)
    assert not number.is_finite()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ('{"a":1,}', "not JSON"),
        ("{'a':1}", "not JSON"),
        ('{"a":1} {"b":2}', "not JSON"),
        ('"a\x00b"', "not JSON"),
        ("01", "not JSON"),
        ("\ufeff{}", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "nested too deeply"),
        ('{"a":1,"b":2,"a":1}', 'the member "a" appears in one object more than once'),
        ('{"x":[{"b":1,"b":2}]}', 'the member "b" appears in one object more than once'),
    ],
)
def test_text_that_is_not_json_is_refused(text: str, reason: str) -> None:
    with pytest.raises(MalformedDocumentError, match=reason):
        parse(text)


def test_long_names_are_shortened_in_messages() -> None:
    assert shown("a\x00\ud800") == '"a\\u0000\\ud800"'
    assert shown("x" * 1000) == f'"{"x" * 64}..."'


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_survives_writing_and_reading(number: Decimal) -> None:
    assert parse(encode({"number": number})) == {"number": number}


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        expected = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=Decimal)
    except ValueError:
        with pytest.raises(MalformedDocumentError):
            parse(text)
    else:
        assert str(parse(text)) == str(expected)
