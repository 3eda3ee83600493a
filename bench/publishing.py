"""What every measurement's command does with its result: print it, keep it, render the document."""

from bench.document import write_document
from bench.results import Result, Table, store
from ops.project.progress import Progress


def publish(result: Result, progress: Progress) -> None:
    """Print a result, keep it, and bring the document up to date."""
    store(result)
    write_document()
    for table in result.tables:
        print(f"\n{table.title}\n")
        print("\n".join(_lines(table)))
    print()
    for target in result.targets:
        print(f"{'met   ' if target.met else 'MISSED'} {target.promise}: {target.found}")
    progress.say(f"docs/performance.md shows the figures of {result.name}")


def _lines(table: Table) -> list[str]:
    rows = [table.columns, *table.rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.columns))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
