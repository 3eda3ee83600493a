"""Renders `docs/performance.md` from the results: `python -m bench.document [--check]`."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench.results import load_all
from bench.sources import SOURCES, changed
from ops.cli.running import FAILED, run
from ops.packaging.service_models import OPERATIONS
from ops.project.paths import ROOT

DOCUMENT: Final = ROOT / "docs" / "performance.md"
_TEMPLATES: Final = Path(__file__).parent / "templates"


def rendered(results: Mapping[str, Any], changes: Mapping[str, Sequence[str]]) -> str:
    """The document.

    Args:
        results: By the measurements' names, as they are kept.
        changes: By the same names, what is not as it was when it was measured.
    """
    # What it renders is Markdown; nothing of it reaches a browser.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("performance.md.j2").render(
        results=results, changes=changes, sources=SOURCES, operations=sum(map(len, OPERATIONS.values()))
    )


def changes_since(results: Mapping[str, Any]) -> dict[str, list[str]]:
    """What changed since it was measured, by the measurements' names, where it was recorded."""
    found = {name: changed(name, result["sources"]) for name, result in results.items() if result.get("sources")}
    return {name: sources for name, sources in found.items() if sources}


def write_document() -> None:
    """Bring the document up to date."""
    DOCUMENT.write_text(_current(), encoding="utf-8")


def _current() -> str:
    results = load_all()
    return rendered(results, changes_since(results))


def main() -> int:
    """Render, or tell whether the document is what the results render to, over the code as it is."""
    parser = argparse.ArgumentParser(prog="python -m bench.document")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the document differs")
    if not parser.parse_args().check:
        write_document()
        return 0
    if DOCUMENT.read_text(encoding="utf-8") == _current():
        return 0
    message = "docs/performance.md is not what bench/results renders to over this code: run python -m bench.document"
    print(message, file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    sys.exit(run(main))
