"""A request's fields, read one by one, with every fault kept."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from handlers.domain.problems import Fault, FaultsError, member
from handlers.domain.validation import unknown_members

Value = TypeVar("Value")
Default = TypeVar("Default")


class Fields:
    """Reads the members of a JSON object or the parameters of a query string."""

    def __init__(self, document: Mapping[str, object], known: tuple[str, ...]) -> None:
        """Take what was sent, and the names that the contract knows."""
        self._document = document
        self._faults = unknown_members(document, known, "#")

    def required(self, name: str, read: Callable[[object], Value]) -> Value | None:
        """Read a field; where it is missing or wrong there is a fault, and nothing is returned."""
        if name not in self._document:
            self.refuse(name, "is missing")
        return self.optional(name, read, None)

    def optional(self, name: str, read: Callable[[object], Value], default: Default) -> Value | Default:
        """Read a field; where it is missing, or wrong, which is a fault, the default is returned."""
        if name not in self._document:
            return default
        try:
            return read(self._document[name])
        except ValueError as error:
            self.refuse(name, str(error))
            return default

    def has(self, name: str) -> bool:
        """Tell whether a field was sent."""
        return name in self._document

    def refuse(self, name: str, detail: str) -> None:
        """Add a fault."""
        self._faults.append(Fault(member("#", name), detail))

    def check(self) -> None:
        """End the reading.

        Raises:
            FaultsError: with every fault.
        """
        if self._faults:
            raise FaultsError(self._faults)
