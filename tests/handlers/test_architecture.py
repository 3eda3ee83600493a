"""Which way the imports point, and what an entry point brings along."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generate.naming import FUNCTIONS

HANDLERS = Path(__file__).parents[2] / "handlers"
MAY_IMPORT = {
    "domain": {"domain", "contract", "errors"},
    "aws": {"aws", "domain", "contract", "deadline", "errors", "observability"},
    "services": {"services", "aws", "domain", "contract", "deadline", "errors", "observability"},
}
"""What each package may import of `handlers`: the arrows point from services to aws to domain."""
MODULES = sorted(
    ".".join(path.relative_to(HANDLERS).with_suffix("").parts)
    for path in HANDLERS.rglob("*.py")
    if path.name != "__init__.py"
)
DOMAIN = [module for module in MODULES if module.startswith("domain.")]
BROUGHT_BY_THE_LAYER = {"aws_lambda_powertools", "aws_xray_sdk", "botocore", "msgspec", "typing_extensions"}


def imported(module: str) -> Iterator[str]:
    """Yield the full names of what a module imports when it runs; what only types need is left out."""
    tree = ast.parse(HANDLERS.joinpath(*module.split(".")).with_suffix(".py").read_text())
    only_types = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for each in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in only_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms(module: str) -> set[str]:
    """Return the modules of the package that a module imports."""
    names = [name.removeprefix("handlers.") for name in imported(module) if name.startswith("handlers.")]
    return {other for other in MODULES for name in names if name == other or name.startswith(f"{other}.")}


def closure(module: str) -> set[str]:
    """Return a module and all that it brings along: what a function's package holds."""
    found: set[str] = set()
    left = {module}
    while left:
        each = left.pop()
        found.add(each)
        left |= rooms(each) - found
    return found


def foreign(module: str) -> set[str]:
    """Return the top-level packages, neither ours nor the standard library's, that a module imports."""
    return {name.split(".")[0] for name in imported(module)} - sys.stdlib_module_names - {"handlers"}


@pytest.mark.parametrize("entry_point", FUNCTIONS)
def test_a_package_needs_only_what_the_layer_brings(entry_point: str) -> None:
    needed = {package for module in closure(entry_point) for package in foreign(module)}

    assert needed <= BROUGHT_BY_THE_LAYER


@pytest.mark.parametrize("module", [module for module in MODULES if "." in module])
def test_the_arrows_point_one_way(module: str) -> None:
    package = module.split(".", maxsplit=1)[0]

    assert {other.split(".")[0] for other in rooms(module)} <= MAY_IMPORT[package]


@pytest.mark.parametrize("module", DOMAIN)
def test_the_domain_knows_no_aws(module: str) -> None:
    assert {package for each in closure(module) for package in foreign(each)} <= {"msgspec"}
    assert "os" not in {name.split(".")[0] for name in imported(module)}


def test_every_room_is_used() -> None:
    used = set().union(*(closure(entry_point) for entry_point in FUNCTIONS))

    assert set(MODULES) == used


def test_no_two_rooms_import_each_other() -> None:
    assert not [(one, other) for one in MODULES for other in rooms(one) if one in closure(other)]


@pytest.mark.parametrize("module", MODULES)
def test_no_value_is_a_dataclass_which_every_cold_start_would_compile(module: str) -> None:
    assert "dataclasses" not in {name.split(".")[0] for name in imported(module)}


@pytest.mark.parametrize("entry_point", FUNCTIONS)
def test_importing_a_function_is_cheap_and_reads_no_environment(entry_point: str) -> None:
    program = f"import handlers.{entry_point}, sys; print(*sys.modules)"

    run = subprocess.run(  # noqa: S603 - this interpreter, this program
        [sys.executable, "-c", program], cwd=HANDLERS.parent, env={}, capture_output=True, text=True, check=True
    )

    costly = ("aws_lambda_powertools.event_handler", "aws_lambda_powertools.utilities.parser", "pydantic", "jsonschema")
    assert [name for name in run.stdout.split() if name.startswith(costly)] == []
