"""Puts right that a simulation knows the request's context.

AWS's SimulatePrincipalPolicy takes the keys that conditions look at as `ContextEntries` (IAM API reference). MiniStack
1.5.33 leaves them out, so that a statement with a condition on any of them never allows anything.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from itertools import count, takewhile
from typing import Any, Final

Parameters = Mapping[str, Any]
"""The query's parameters: a text each, or a list of one."""
_entries: Final[ContextVar[Mapping[str, str] | None]] = ContextVar("context_entries", default=None)


def with_context(simulate: Callable[[Parameters], Any]) -> Callable[[Parameters], Any]:
    """Wrap the handler of a simulation."""

    def handle(parameters: Parameters) -> Any:
        token = _entries.set(_given(parameters))
        try:
            return simulate(parameters)
        finally:
            _entries.reset(token)

    return handle


def given_first(resolve: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """Wrap the function that tells a condition key's value: what a simulation was given stands."""

    def value(key: str, context: Any) -> Any:
        given = _entries.get() or {}
        return given.get(key.lower()) or resolve(key, context)

    return value


def _given(parameters: Parameters) -> dict[str, str]:
    """The context entries, one value each."""
    prefixes = (f"ContextEntries.member.{number}" for number in count(1))
    found = takewhile(lambda prefix: f"{prefix}.ContextKeyName" in parameters, prefixes)
    return {
        _text(parameters[f"{prefix}.ContextKeyName"]).lower(): _text(parameters[f"{prefix}.ContextKeyValues.member.1"])
        for prefix in found
    }


def _text(value: Any) -> str:
    return str(value[0] if isinstance(value, list) else value)
