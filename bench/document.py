"""Renders `docs/performance.md` from the results: `python -m bench.document`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from bench import figures
from bench.results import SOURCES, Result, changes_since, load_all, store
from ops.packaging.service_models import OPERATIONS
from ops.project.paths import ROOT

DOCUMENT: Final = ROOT / "docs" / "performance.md"
_TEMPLATE: Final = Path(__file__).parent / "templates" / "performance.md.j2"


def publish(result: Result) -> None:
    """Store a result, update the document, and print the measurement's section."""
    store(result)
    write_document()
    sections = DOCUMENT.read_text(encoding="utf-8").split("\n## ")
    print(next(section for section in sections if section.partition("\n")[0].endswith(f"WHAT={result.name}`")))


def write_document() -> None:
    """Render the document over the code as it is."""
    results = load_all()
    DOCUMENT.write_text(rendered(results, changes_since(results)), encoding="utf-8")


def rendered(results: Mapping[str, Any], changes: Mapping[str, Sequence[str]]) -> str:
    """The document's text.

    Args:
        results: The stored results by the measurements' names.
        changes: By the same names, the sources that changed since.
    """
    # It renders Markdown, which does not reach a browser.
    jinja = Environment(undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True, lstrip_blocks=True)  # noqa: S701
    return jinja.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        results=results,
        changes=changes,
        sources=SOURCES,
        operations=sum(map(len, OPERATIONS.values())),
        figures=figures,
    )


if __name__ == "__main__":
    write_document()
