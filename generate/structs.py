"""What all settings share."""

from typing import Any

import msgspec

MAXIMUM_INTEGER = 2_147_483_647
"""Where AWS names no limit: its APIs' `Integer` has 32 bits."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all settings: frozen, and an unknown key is an error."""

    def values(self) -> dict[str, Any]:
        """The settings as Terraform takes them, without those that are unset."""
        return _without_none(msgspec.to_builtins(self))


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in values.items() if value is not None}
    return {name: _without_none(value) if isinstance(value, dict) else value for name, value in given.items()}
