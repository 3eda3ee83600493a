"""The Lambda functions of the project: each module here with a `SPECIFICATION` is one.

A further function is a further module; nothing lists them.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from generate.errors import GenerateError
from generate.functions.specification import FunctionSpecification

_OTHERS = frozenset({"settings", "specification"})


@cache
def specifications() -> tuple[FunctionSpecification, ...]:
    """Every function, in alphabetical order.

    Raises:
        GenerateError: A module has no specification, or it has another name than its module.
    """
    names = sorted(module.name for module in iter_modules(__path__) if module.name not in _OTHERS)
    return tuple(_specification(name) for name in names)


def _specification(name: str) -> FunctionSpecification:
    found = getattr(import_module(f"{__name__}.{name}"), "SPECIFICATION", None)
    if not isinstance(found, FunctionSpecification):
        message = f"generate/functions/{name}.py: it must define SPECIFICATION, a FunctionSpecification"
        raise GenerateError(message)
    if found.name != name:
        message = f"generate/functions/{name}.py: SPECIFICATION.name is {found.name!r}; it must be {name!r}"
        raise GenerateError(message)
    return found
