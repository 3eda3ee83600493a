"""Corrects that a policy simulation ignores the given context.

AWS's SimulatePrincipalPolicy takes the values of condition keys as `ContextEntries` (IAM API Reference). MiniStack
1.5.33 ignores them, so that a statement with a condition on any of them never allows anything.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from itertools import count, takewhile
from typing import Any, Final

Parameters = Mapping[str, Any]
"""The query's parameters: a text each, or a list of one."""
_entries: Final[ContextVar[Mapping[str, str]]] = ContextVar("context_entries", default={})  # noqa: B039  # is read only


def simulate(handle: Callable[[Parameters], Any], parameters: Parameters) -> Any:
    """Handle a simulation."""
    token = _entries.set(_context(parameters))
    try:
        return handle(parameters)
    finally:
        _entries.reset(token)


def condition_value(resolve: Callable[[str, Any], Any], key: str, context: Any) -> Any:
    """The value of a condition key: the simulation's, or the request's own."""
    return _entries.get().get(key.lower()) or resolve(key, context)


def _context(parameters: Parameters) -> dict[str, str]:
    """The context entries, one value each."""
    prefixes = (f"ContextEntries.member.{number}" for number in count(1))
    found = takewhile(lambda prefix: f"{prefix}.ContextKeyName" in parameters, prefixes)
    return {
        _text(parameters[f"{prefix}.ContextKeyName"]).lower(): _text(parameters[f"{prefix}.ContextKeyValues.member.1"])
        for prefix in found
    }


def _text(value: Any) -> str:
    return str(value[0] if isinstance(value, list) else value)
