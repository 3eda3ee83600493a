"""What a measurement found: kept as JSON in `bench/results/`, from which the document is rendered."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.machine import machine
from bench.measuring import Sample
from bench.sources import digests

FOLDER: Final = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Table:
    """A table for people.

    Attributes:
        title: What it compares.
        columns: Heads, units included.
        rows: Texts, as many as columns in each.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Target:
    """A promise, and what was found.

    Attributes:
        promise: Such as `at least 100 times faster than CDKTF`.
        found: The figure.
        met: Whether it is kept.
        reason: Why it is not, or what to know about it.
    """

    promise: str
    found: str
    met: bool
    reason: str = ""


@dataclass(frozen=True)
class Result:
    """All that one measurement found.

    Attributes:
        name: Of the measurement.
        versions: Of what was compared.
        tables: For people.
        targets: What was promised of it.
        note: What to know about this run, such as what else the machine did; the next run begins without.
        samples: Every sample, by what was measured, so that anyone can reckon anew.
    """

    name: str
    versions: Mapping[str, str]
    tables: Sequence[Table]
    targets: Sequence[Target] = ()
    samples: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


def store(result: Result, folder: Path = FOLDER) -> None:
    """Keep a result, with the machine, the day, and the digests of what it measured."""
    day = f"{datetime.now(tz=UTC):%Y-%m-%d}"
    found = {"measured": day, "machine": machine(), "sources": digests(result.name), **asdict(result)}
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{result.name}.json").write_text(text, encoding="utf-8")


def load_all(folder: Path = FOLDER) -> dict[str, Any]:
    """Every result by its name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def columns_of(samples: Mapping[str, Sequence[Sample]]) -> dict[str, dict[str, list[float]]]:
    """Samples as they are kept: by variant and by what was measured."""
    return {
        name: {
            what: [float(f"{getattr(sample, what):.4g}") for sample in taken]
            for what in ("wall_seconds", "cpu_seconds", "peak_mebibytes")
        }
        for name, taken in samples.items()
    }
