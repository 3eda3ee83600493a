"""Finds the modules that an entry point imports, so that a function's package has these and no other."""

from modulefinder import ModuleFinder
from pathlib import Path

from ops.project.errors import PackagingError


def module_closure(entry: str, root: Path) -> tuple[Path, ...]:
    """The source files below a folder that importing `entry` can load, whether they are imported at once or later.

    Args:
        entry: A dotted module name, such as `handlers.ingestion`.
        root: The folder of the top-level package.

    Returns:
        Paths in alphabetical order: modules, the `__init__.py` of their packages, and the JSON file beside a module
        under its name.

    Raises:
        PackagingError: The entry point or something it imports from its package does not exist.
    """
    finder = ModuleFinder(path=[str(root)])
    top = entry.partition(".")[0]
    try:
        finder.import_hook(entry)
        missing = [name for name in finder.any_missing() if name.partition(".")[0] == top]
    except ImportError:
        missing = [entry]
    if missing:
        raise PackagingError(f"{entry}: there is no module {', '.join(missing)} under {root}")
    files = [getattr(module, "__file__", None) for module in finder.modules.values()]
    sources = [Path(file) for file in files if file]  # the interpreter's own modules have none
    data = [path.with_suffix(".json") for path in sources]
    return tuple(sorted([*sources, *(path for path in data if path.is_file())]))
