"""Variables of modules that mirror settings: range, default and description are those of the setting."""

from typing import Any

import msgspec
from msgspec import inspect

from generate.structs import Settings
from generate.terraform import Document, Expression, Validation

_TYPES = {inspect.IntType: "number", inspect.FloatType: "number", inspect.BoolType: "bool"}


def setting_variable(document: Document, group: type[Settings], name: str) -> Expression:
    """Declare the variable of a setting.

    Args:
        document: The module.
        group: The settings that the setting is one of.
        name: The setting's name, which is also the variable's.

    Raises:
        KeyError: There is no such setting.
    """
    field = {each.name: each for each in inspect.type_info(group).fields}[name]  # type: ignore[attr-defined]
    kind, description = _plain(field.type)
    optional = isinstance(kind, inspect.UnionType)
    if isinstance(kind, inspect.UnionType):
        kind, inner = _plain(next(one for one in kind.types if not isinstance(one, inspect.NoneType)))
        description = description or inner
    return document.variable(
        name,
        _terraform_type(kind),
        description,
        default=msgspec.to_builtins(field.default),
        nullable=optional,
        validations=_validations(name, kind, optional=optional),
    )


def number_between(name: str, minimum: int, maximum: int, *, optional: bool) -> Validation:
    """The variable is a whole number in that range, or null where it is optional."""
    bounds = f"var.{name} >= {minimum} && var.{name} <= {maximum} && floor(var.{name}) == var.{name}"
    condition = f"var.{name} == null ? true : ({bounds})" if optional else bounds
    return Validation(Expression(condition), f"{name} must be a whole number from {minimum} to {maximum}.")


def _plain(kind: inspect.Type) -> tuple[inspect.Type, str]:
    """A type without its metadata, and the description in it."""
    if isinstance(kind, inspect.Metadata):
        return kind.type, str((kind.extra_json_schema or {}).get("description", ""))
    return kind, ""


def _terraform_type(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.LiteralType):
        return "number" if isinstance(kind.values[0], int) else "string"
    return _TYPES.get(type(kind), "string")


def _validations(name: str, kind: inspect.Type, *, optional: bool) -> list[Validation]:
    match kind:
        case inspect.IntType(ge=int(minimum), le=int(maximum)):
            return [number_between(name, minimum, maximum, optional=optional)]
        case inspect.FloatType(gt=float() | int() as above, lt=float() | int() as below):
            condition = Expression(f"var.{name} > {above:g} && var.{name} < {below:g}")
            return [Validation(condition, f"{name} must be between {above:g} and {below:g}.")]
        case inspect.LiteralType(values=values):
            return [_one_of(name, values)]
        case _:
            return []


def _one_of(name: str, values: tuple[Any, ...]) -> Validation:
    listed = ", ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
    allowed = ", ".join(str(value) for value in values)
    return Validation(Expression(f"contains([{listed}], var.{name})"), f"{name} must be one of {allowed}.")
