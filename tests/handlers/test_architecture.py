"""The direction of imports, and what the entry points import."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from generate.naming import FUNCTIONS

HANDLERS = Path(__file__).parents[2] / "handlers"
MAY_IMPORT = {
    "domain": {"domain", "contract", "errors"},
    "aws": {"aws", "domain", "contract", "errors", "observability"},
    "services": {"services", "aws", "domain", "contract", "errors", "observability"},
}
"""What each package may import of `handlers`: services import aws, and both import the domain."""
MODULES = sorted(
    ".".join(path.relative_to(HANDLERS).with_suffix("").parts)
    for path in HANDLERS.rglob("*.py")
    if path.name != "__init__.py"
)
DOMAIN = [module for module in MODULES if module.startswith("domain.")]
BROUGHT_BY_THE_LAYER = {"aws_lambda_powertools", "aws_xray_sdk", "botocore", "msgspec", "typing_extensions"}


@cache
def imported(module: str) -> frozenset[str]:
    """Return the full names of what a module imports when it runs; what only types need is left out."""
    tree = ast.parse(HANDLERS.joinpath(*module.split(".")).with_suffix(".py").read_text())
    only_types = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for each in ast.walk(node)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in only_types:
            continue
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(names)


@cache
def modules(module: str) -> frozenset[str]:
    """Return the modules of the package that a module imports."""
    names = [name.removeprefix("handlers.") for name in imported(module) if name.startswith("handlers.")]
    return frozenset(other for other in MODULES for name in names if name == other or name.startswith(f"{other}."))


@cache
def closure(module: str) -> set[str]:
    """Return a module and all modules that it imports: the content of a function's package."""
    found: set[str] = set()
    left = {module}
    while left:
        each = left.pop()
        found.add(each)
        left |= modules(each) - found
    return found


def foreign(module: str) -> set[str]:
    """Return the top-level packages, neither ours nor the standard library's, that a module imports."""
    return {name.split(".")[0] for name in imported(module)} - sys.stdlib_module_names - {"handlers"}


@pytest.mark.parametrize("entry_point", FUNCTIONS)
def test_a_package_needs_only_what_the_layer_brings(entry_point: str) -> None:
    needed = {package for module in closure(entry_point) for package in foreign(module)}

    assert needed <= BROUGHT_BY_THE_LAYER


@pytest.mark.parametrize("module", [module for module in MODULES if "." in module])
def test_imports_have_one_direction(module: str) -> None:
    package = module.split(".", maxsplit=1)[0]

    assert {other.split(".")[0] for other in modules(module)} <= MAY_IMPORT[package]


@pytest.mark.parametrize("module", DOMAIN)
def test_the_domain_knows_no_aws(module: str) -> None:
    assert {package for each in closure(module) for package in foreign(each)} <= {"msgspec"}
    assert "os" not in {name.split(".")[0] for name in imported(module)}


def test_every_module_is_used() -> None:
    used = set().union(*(closure(entry_point) for entry_point in FUNCTIONS))

    assert set(MODULES) == used


def test_no_two_modules_import_each_other() -> None:
    assert not [(one, other) for one in MODULES for other in modules(one) if one in closure(other)]


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
