"""DynamoDB's attribute values. Numbers are sent as text, so that none is rounded by boto3's decimal context."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef


def to_item(values: Mapping[str, object]) -> "dict[str, AttributeValueTypeDef]":
    """Write a whole item."""
    return {name: to_attribute(value) for name, value in values.items()}


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Read a whole item; every number is a `Decimal`."""
    return {name: from_attribute(value) for name, value in item.items()}


def to_attribute(value: object) -> "AttributeValueTypeDef":
    """Write one value: string, boolean, number, mapping or sequence.

    Raises:
        TypeError: of any other type, such as `float`.
    """
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case Decimal() | int():
            return {"N": str(value)}
        case Mapping():
            return {"M": to_item(value)}
        case Sequence():
            return {"L": [to_attribute(element) for element in value]}
    raise TypeError(f"no attribute value for {type(value).__name__}")


def from_attribute(attribute: Mapping[str, Any]) -> object:
    """Read one value of any type that JSON can show.

    Raises:
        TypeError: a type that the pipeline never writes (binary and sets).
    """
    (kind, value), *_ = attribute.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return Decimal(value)
        case "M":
            return from_item(value)
        case "L":
            return [from_attribute(element) for element in value]
        case "NULL":
            return None
    raise TypeError(f"no value for an attribute of type {kind}")
