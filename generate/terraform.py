"""The safe layer over terrascript: documents, blocks and references.

terrascript silently replaces a block of the same address, hands out references as bare text and checks no name
(each would pass `terraform validate` or fail late). Here a block can be added once, a reference is an object that
prints itself wrapped (`${...}`), and `Document.files` refuses a document whose references lead nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import terrascript

from generate.errors import DocumentError, DuplicateBlockError
from generate.interface import Interface
from generate.provider_schema import block_problems
from generate.references import find_problems

if TYPE_CHECKING:
    from typing_extensions import override
else:

    def override(method: Any) -> Any:
        """Mark as the original does, which takes 13 ms to import."""
        return method


Json = dict[str, Any]


@dataclass(frozen=True, repr=False)
class Expression:
    """A Terraform expression. As text it is wrapped, so it can be used in an argument or inside an f-string.

    Attributes:
        bare: The expression without its wrapping, to build larger expressions from.
    """

    bare: str

    @override
    def __str__(self) -> str:
        return f"${{{self.bare}}}"

    __repr__ = __str__

    def __getattr__(self, attribute: str) -> Expression:
        """Refer to an attribute of what this expression yields."""
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        return Expression(f"{self.bare}.{attribute}")

    def __getitem__(self, index: int) -> Expression:
        return Expression(f"{self.bare}[{index}]")


@dataclass(frozen=True)
class Validation:
    """A condition on a variable, and the error message where it is false."""

    condition: Expression
    error_message: str


@dataclass(frozen=True)
class Variable:
    """A declared variable, as the module's README lists it.

    Attributes:
        required: Whether it has no default.
        allowed: What its validations say, one sentence each.
        example: A value, where it is required.
    """

    name: str
    type: str
    description: str
    default: Any
    required: bool
    allowed: tuple[str, ...]
    example: Any


@dataclass
class Document:
    """One module or root under construction.

    Attributes:
        name: How problems name it, e.g. `modules/data`.
    """

    name: str
    variables: dict[str, Variable] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    _main: Any = field(default_factory=terrascript.Terrascript)
    _variables: Any = field(default_factory=terrascript.Terrascript)
    _outputs: Any = field(default_factory=terrascript.Terrascript)
    _versions: Any = field(default_factory=terrascript.Terrascript)
    _locals: Json = field(default_factory=dict)
    _moved: list[Json] = field(default_factory=list)
    _called: dict[str, Interface] = field(default_factory=dict)
    _addresses: set[str] = field(default_factory=set)
    _problems: list[str] = field(default_factory=list)

    def resource(self, kind: str, name: str, /, **arguments: Any) -> Expression:
        """Add a resource and return the reference to it.

        Raises:
            DuplicateBlockError: The address is taken.
        """
        address = self._claim(f"{kind}.{name}")
        self._main += _block(terrascript.Resource, kind)(name, **plain(arguments))
        return Expression(address)

    def data(self, kind: str, name: str, /, **arguments: Any) -> Expression:
        """Add a data source and return the reference to it."""
        address = self._claim(f"data.{kind}.{name}")
        self._main += _block(terrascript.Data, kind)(name, **plain(arguments))
        return Expression(address)

    def module(self, name: str, module: str, interface: Interface, /, **inputs: Any) -> Expression:
        """Call a module; inputs that it does not take and required ones left out are problems of this document.

        Args:
            name: Of the call.
            module: The module's folder under `modules/`.
            interface: What the module takes and returns.
            inputs: Values of its variables.
        """
        address = self._claim(f"module.{name}")
        given = set(inputs)
        for unknown in sorted(given - interface.required - interface.optional):
            self._problems.append(f"{self.name}: {address}: the module has no variable {unknown!r}")
        for missing in sorted(interface.required - given):
            self._problems.append(f"{self.name}: {address}: the required variable {missing!r} is not given")
        self._main += terrascript.Module(name, source=f"../../modules/{module}", **plain(inputs))
        self._called[name] = interface
        return Expression(address)

    def provider(self, name: str, /, **arguments: Any) -> None:
        """Configure a provider."""
        self._claim(f"provider.{name}")
        self._main += _block(terrascript.Provider, name)(**plain(arguments))

    def local(self, name: str, value: Any) -> Expression:
        """Name a value within the document."""
        address = self._claim(f"local.{name}")
        self._locals[name] = plain(value)
        return Expression(address)

    def variable(
        self,
        name: str,
        kind: str,
        description: str,
        *,
        validations: Sequence[Validation] = (),
        example: Any = None,
        **more: Any,
    ) -> Expression:
        """Declare a variable.

        Args:
            name: Its name.
            kind: Its type, in Terraform's notation.
            description: What it is.
            validations: Conditions on it.
            example: A value for the module's README, where it is required.
            more: `default`, `sensitive`, `ephemeral` and `nullable` are Terraform's own.
        """
        address = self._claim(f"var.{name}")
        body = {"description": description, "type": kind, **more}
        if validations:
            body["validation"] = [{"condition": v.condition, "error_message": v.error_message} for v in validations]
        self._variables += terrascript.Variable(name, **plain(body))
        required = "default" not in more
        allowed = tuple(each.error_message for each in validations)
        self.variables[name] = Variable(name, kind, description, more.get("default"), required, allowed, example)
        return Expression(address)

    def output(self, name: str, value: Any, description: str) -> None:
        """Hand a value out."""
        self._claim(f"output.{name}")
        self._outputs += terrascript.Output(name, description=description, value=plain(value))
        self.outputs[name] = description

    def moved(self, old: str, new: str) -> None:
        """Declare that a resource has another address than before, so that it is not replaced."""
        self._moved.append({"from": old, "to": new})

    def terraform(self, **arguments: Any) -> None:
        """Set the document's one `terraform` block."""
        self._claim("terraform")
        self._versions += terrascript.Terraform(**plain(arguments))

    @property
    def interface(self) -> Interface:
        """What a caller must, may and will get."""
        required = {variable.name for variable in self.variables.values() if variable.required}
        return Interface(frozenset(required), frozenset(set(self.variables) - required), frozenset(self.outputs))

    def resource_addresses(self) -> list[str]:
        """The addresses of the managed resources, in the order in which they were added."""
        return [f"{kind}.{name}" for kind, named in self._main.get("resource", {}).items() for name in named]

    def types(self) -> dict[str, set[str]]:
        """The types of the resources and data sources in use."""
        return {kind: set(self._main.get(kind, {})) for kind in ("resource", "data")}

    def block(self, address: str) -> Json:
        """The body of a resource, as written.

        Raises:
            KeyError: There is no such resource.
        """
        kind, name = address.split(".")
        return dict(self._main["resource"][kind][name])

    def files(self) -> dict[str, Json]:
        """The document's files by name.

        Raises:
            DocumentError: Something in it leads nowhere; all problems at once.
        """
        main = dict(self._main.items())
        if self._locals:
            main = {"locals": self._locals, **main}
        files = {
            "main.tf.json": main,
            "variables.tf.json": dict(self._variables.items()),
            "outputs.tf.json": dict(self._outputs.items()),
            "versions.tf.json": dict(self._versions.items()),
        }
        if self._moved:  # beside the versions: checkov cannot parse a file with moved blocks
            files["versions.tf.json"]["moved"] = self._moved
        files = {name: body for name, body in files.items() if body}
        problems = [
            *self._problems,
            *block_problems(self.name, main),
            *find_problems(self.name, files, self._addresses, self._called),
        ]
        if problems:
            raise DocumentError(problems)
        return files

    def _claim(self, address: str) -> str:
        if address in self._addresses:
            raise DuplicateBlockError(self.name, address)
        self._addresses.add(address)
        return address


def plain(value: Any) -> Any:
    """Turn expressions into their wrapped text, and containers into JSON's own."""
    match value:
        case Expression():
            return str(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case str():
            return str(value)
        case Sequence():
            return [plain(item) for item in value]
        case _:
            return value


def dynamic(for_each: Expression, /, **content: Any) -> Json:
    """A `dynamic` block: a nested block for each element of a collection.

    Args:
        for_each: The collection.
        content: The nested block's arguments; in them `<type of the block>.value` is the element.
    """
    return {"for_each": for_each, "content": content}


@cache
def _block(base: type, kind: str) -> Any:
    """A terrascript class for any block type: its own date from 2020 and lack the newer ones."""
    return type(kind, (base,), {})
