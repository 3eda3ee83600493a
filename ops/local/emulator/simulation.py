"""Corrects that a policy simulation ignores the given context.

AWS's SimulatePrincipalPolicy takes the values of condition keys as `ContextEntries` (IAM API Reference). MiniStack
1.5.33 ignores them, so that a statement with a condition on any of them never allows anything.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Final

Parameters = Mapping[str, list[str]]
"""The query's parameters, each a list of one."""
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
    return {
        values[0].lower(): parameters[name.replace("ContextKeyName", "ContextKeyValues.member.1")][0]
        for name, values in parameters.items()
        if name.startswith("ContextEntries.") and name.endswith(".ContextKeyName")
    }
