"""The numbers that DynamoDB can store."""

from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.decimals import canonical, fitted, is_integer


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("25.5", "25.5"),
        ("25.50", "25.5"),
        ("100", "100"),
        ("1e2", "100"),
        ("-0", "0"),
        ("0e-400", "0"),
        ("0e999999", "0"),
        ("1" + "0" * 60, "1E+60"),
        ("1." + "0" * 60, "1"),
        ("9" * 38, "9" * 38),
        ("-" + "9" * 38 + "e88", "-9." + "9" * 37 + "E+125"),
        ("1e-130", "1E-130"),
        ("1.5e-130", "1.5E-130"),
    ],
)
def test_a_number_is_kept_without_its_trailing_zeros(written: str, kept: str) -> None:
    assert str(canonical(Decimal(written))) == kept


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("NaN", "finite"),
        ("sNaN", "finite"),
        ("-Infinity", "finite"),
        ("1" * 39, "38 significant digits"),
        ("0." + "1" * 39, "38 significant digits"),
        ("1e126", "9.99E\\+125"),
        ("9" * 39 + "e88", "9.99E\\+125"),
        ("1e-131", "1E-130"),
        ("-1e-999999", "1E-130"),
    ],
)
def test_a_number_that_dynamodb_cannot_store_is_refused(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        canonical(Decimal(written))


@given(st.integers(-(10**38) + 1, 10**38 - 1), st.integers(-130, 88))
def test_a_kept_number_is_the_same_number(digits: int, exponent: int) -> None:
    number = Decimal(digits).scaleb(exponent, Context(prec=38))

    kept = canonical(number)

    assert kept == number
    assert canonical(kept).as_tuple() == kept.as_tuple()


@pytest.mark.parametrize(
    ("written", "kept"),
    [("1" * 38 + "4", "1" * 38 + "0"), ("1e125", "1E+125"), ("1e126", None), ("1e-131", None), ("0", "0")],
)
def test_a_derived_number_is_rounded_to_fit(written: str, kept: str | None) -> None:
    assert fitted(Decimal(written)) == (None if kept is None else Decimal(kept))


def test_an_integer_is_written_as_one() -> None:
    assert is_integer(Decimal(-12))
    assert all(
        is_integer(Decimal(written)) for written in ("1.0", "1e3", "10e-1", "-0.0", f"{'9' * 60}.0", "1e999999999")
    )
    assert not any(is_integer(Decimal(written)) for written in ("1.5", "1e-999999999", "NaN", "Infinity"))
