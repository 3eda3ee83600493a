"""Renders `docs/performance.md` from the results: `python -m bench.document [--check]`."""

import argparse
import sys
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench.results import load_all
from ops.commands import FAILED, run
from ops.project import ROOT

DOCUMENT: Final = ROOT / "docs" / "performance.md"
_TEMPLATES: Final = Path(__file__).parent / "templates"


def rendered(results: dict[str, Any]) -> str:
    """The document.

    Args:
        results: By the measurements' names, as they are kept.
    """
    # What it renders is Markdown; nothing of it reaches a browser.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("performance.md.j2").render(results=results)


def write_document() -> None:
    """Bring the document up to date."""
    DOCUMENT.write_text(rendered(load_all()), encoding="utf-8")


def main() -> int:
    """Render, or tell whether the document is what the results render to."""
    parser = argparse.ArgumentParser(prog="python -m bench.document")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the document differs")
    if not parser.parse_args().check:
        write_document()
        return 0
    if DOCUMENT.read_text(encoding="utf-8") == rendered(load_all()):
        return 0
    print("docs/performance.md is not what bench/results renders to: run python -m bench.document", file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    sys.exit(run(main))
