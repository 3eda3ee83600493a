"""DynamoDB's attribute values."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.aws.attribute_values import from_attribute, from_item, to_attribute, to_item

VALUES = st.recursive(
    st.booleans() | st.text() | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(), VALUES))
def test_an_item_reads_back(item: dict[str, object]) -> None:
    assert from_item(to_item(item)) == item


def test_each_type_has_its_name() -> None:
    item = {"s": "x", "b": True, "n": Decimal("0.10"), "i": 7, "m": {"a": "b"}, "l": [False]}

    assert to_item(item) == {
        "s": {"S": "x"},
        "b": {"BOOL": True},
        "n": {"N": "0.10"},
        "i": {"N": "7"},
        "m": {"M": {"a": {"S": "b"}}},
        "l": {"L": [{"BOOL": False}]},
    }


def test_a_null_is_read() -> None:
    assert from_attribute({"NULL": True}) is None


@pytest.mark.parametrize("value", [1.5, None, {1}])
def test_another_value_cannot_be_written(value: object) -> None:
    with pytest.raises(TypeError):
        to_attribute(value)


def test_another_attribute_cannot_be_read() -> None:
    with pytest.raises(TypeError):
        from_attribute({"SS": ["a"]})
