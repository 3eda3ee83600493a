"""The members of a JSON object or a query string, read one by one; every fault is collected."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from handlers.contract import MAXIMUM_STRING_LENGTH
from handlers.domain.documents import shown
from handlers.domain.problems import Fault, FaultsError, member

Value = TypeVar("Value")
Default = TypeVar("Default")


def unknown_members(document: Mapping[str, object], known: tuple[str, ...], pointer: str) -> list[Fault]:
    """Return a fault for each member that the contract does not know."""
    allowed = f"is not known; allowed are {', '.join(known)}"
    return [named_fault(pointer, name, allowed) for name in document if name not in known]


def named_fault(pointer: str, name: str, detail: str) -> Fault:
    """Return a fault of a member; where its name is too long to repeat, the fault points to the object around it."""
    if len(name) <= MAXIMUM_STRING_LENGTH:
        return Fault(member(pointer, name), detail)
    return Fault(pointer, f"the member {shown(name)}: {detail}")


class Fields:
    """Reads the members of an object.

    Attributes:
        faults: what is wrong so far.
    """

    def __init__(self, document: Mapping[str, object], known: tuple[str, ...], pointer: str = "#") -> None:
        """Check for unknown members.

        Args:
            document: what was sent.
            known: the names that the contract knows.
            pointer: to the object in the request.
        """
        self._document = document
        self._pointer = pointer
        self.faults = unknown_members(document, known, pointer)

    def required(self, name: str, read: Callable[[object], Value], default: Default) -> Value | Default:
        """Read a field; where it is missing or invalid, add a fault and return the default."""
        if name not in self._document:
            self.refuse(name, "is missing")
        return self.optional(name, read, default)

    def optional(self, name: str, read: Callable[[object], Value], default: Default) -> Value | Default:
        """Read a field; where it is missing, return the default, and where it is invalid, add a fault besides."""
        if name not in self._document:
            return default
        try:
            return read(self._document[name])
        except ValueError as error:
            self.refuse(name, str(error))
            return default

    def has(self, name: str) -> bool:
        """Return whether a field was sent."""
        return name in self._document

    def refuse(self, name: str, detail: str) -> None:
        """Add a fault of a field."""
        self.faults.append(Fault(member(self._pointer, name), detail))

    def check(self) -> None:
        """Refuse the object if it has faults.

        Raises:
            FaultsError: with every fault.
        """
        if self.faults:
            raise FaultsError(self.faults)
