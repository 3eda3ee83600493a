"""Finds the class of the environment variables that a function reads."""

from importlib import import_module

from handlers.settings import FunctionSettings


def settings_of(function: str) -> type[FunctionSettings]:
    """The class of variables in the namespace of a function's entry point.

    Raises:
        AssertionError: There is not exactly one.
    """
    found = {
        member
        for member in vars(import_module(f"handlers.{function}")).values()
        if isinstance(member, type) and issubclass(member, FunctionSettings) and member is not FunctionSettings
    }
    assert len(found) == 1, f"handlers/{function}.py must use one subclass of FunctionSettings, not {len(found)}"
    return found.pop()
