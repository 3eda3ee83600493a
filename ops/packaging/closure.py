"""Finds the modules that an entry point needs, so that a function's package holds these and no other."""

import ast
from collections.abc import Iterator
from pathlib import Path

from ops.project.errors import PackagingError


def module_closure(entry: str, root: Path) -> tuple[Path, ...]:
    """The source files that importing `entry` can load from its own top-level package.

    Imports inside functions count; imports under `if TYPE_CHECKING:` do not, because they never run.

    Args:
        entry: A dotted module name, such as `handlers.ingestion`.
        root: The folder that holds the top-level package.

    Returns:
        Absolute paths in alphabetical order; packages come with their `__init__.py`, and a module with the data that
        lie beside it under its name.

    Raises:
        PackagingError: The entry point or something it imports from its package does not exist.
    """
    waiting = [entry]
    found: dict[str, Path] = {}
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        path = _source_of(name, root)
        if path is None:
            raise PackagingError(f"{entry}: there is no module {name} under {root}")
        found[name] = path
        waiting.extend(_parents(name))
        waiting.extend(_imports(name, path, root))
    data = [path.with_suffix(".json") for path in found.values()]
    return tuple(sorted([*found.values(), *(path for path in data if path.is_file())]))


def _source_of(name: str, root: Path) -> Path | None:
    base = root.joinpath(*name.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _imports(name: str, path: Path, root: Path) -> Iterator[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    top = name.partition(".")[0]
    for node in _running_nodes(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            candidates = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, package)
            members = [f"{module}.{alias.name}" for alias in node.names]
            candidates = [module, *(member for member in members if _source_of(member, root))]
        else:
            continue
        yield from (candidate for candidate in candidates if candidate.partition(".")[0] == top)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def _running_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only a type checker reads."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and _is_type_checking(child.test):
            for branch in child.orelse:
                yield branch
                yield from _running_nodes(branch)
            continue
        yield child
        yield from _running_nodes(child)


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    return name == "TYPE_CHECKING"
