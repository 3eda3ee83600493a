"""The Lambda functions of the project: each module here with a `SPECIFICATION` is one.

A further function is a further module; nothing lists them.
"""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
from pkgutil import iter_modules

from generate.functions.specification import FunctionSpecification
from generate.openapi.schemas import SCHEMAS

_OTHERS = frozenset({"settings", "specification"})


@cache
def specifications() -> tuple[FunctionSpecification, ...]:
    """Every function, in alphabetical order; `specification_problems` reports modules that are none."""
    return tuple(found for name in _names() if (found := _specification(name)) is not None)


def served_by_api() -> list[FunctionSpecification]:
    """The functions with routes."""
    return [each for each in specifications() if each.routes]


def specification_problems() -> Iterator[str]:
    """Yield what is missing or wrong in the specifications, one line each."""
    served: dict[tuple[str, str], str] = {}
    for name in _names():
        found = _specification(name)
        if found is None:
            problems = iter(["it must define SPECIFICATION, a FunctionSpecification"])
        else:
            problems = chain(_problems(name, found), _route_problems(name, found, served))
        yield from (f"generate/functions/{name}.py: {problem}" for problem in problems)


def _problems(name: str, found: FunctionSpecification) -> Iterator[str]:
    if found.name != name:
        yield f"SPECIFICATION.name is {found.name!r}; it must be {name!r}"
    if find_spec(found.handler.rpartition(".")[0]) is None:
        yield f"handlers/{found.name}.py is missing; it must define lambda_handler"
    for other in sorted(set(found.updated_after) - set(_names())):
        yield f"updated_after names {other!r}, which is no function"


def _route_problems(name: str, found: FunctionSpecification, served: dict[tuple[str, str], str]) -> Iterator[str]:
    """Yield what is wrong with routes; `served` are those of the functions before, by method and path."""
    for route in found.routes:
        other = served.setdefault((route.method, route.path), name)
        if other != name:
            yield f"{route.title} is served by {other}, too"
        if route.request_schema and route.request_schema not in {*SCHEMAS, *found.schemas}:
            yield f"{route.title}: there is no schema {route.request_schema!r}; add it to schemas"


def _names() -> list[str]:
    return sorted(module.name for module in iter_modules(__path__) if module.name not in _OTHERS)


def _specification(name: str) -> FunctionSpecification | None:
    found = getattr(import_module(f"{__name__}.{name}"), "SPECIFICATION", None)
    return found if isinstance(found, FunctionSpecification) else None
