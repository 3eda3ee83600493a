"""What a measurement found, stored as JSON in `bench/results/` with the machine and digests of the measured code."""

import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psutil

from ops.project.digest import digest_of, read_parts
from ops.project.paths import EMBEDDED_ENVIRONMENT, ROOT

FOLDER: Final = Path(__file__).parent / "results"
_LAYER: Final = "ops/setup/requirements/layer.txt"
SOURCES: Final[Mapping[str, Sequence[str]]] = {
    "synthesis": ("generate", "ops/setup/requirements/generate.txt", "bench/peers"),
    "cold_start": ("handlers", _LAYER, "bench/peers/seed.py"),
    "warm_path": ("handlers", _LAYER),
    "end_to_end": ("handlers", _LAYER, "modules", f"envs/{EMBEDDED_ENVIRONMENT}", "bench/peers/seed.py"),
}
"""The files and folders that each measurement measures. AWS calls are not listed, because a test counts them again, nor
developers' time, which depends on the whole tree."""
_SUFFIXES: Final = frozenset({".hcl", ".j2", ".json", ".py", ".toml", ".txt"})
"""Files that decide how something runs: no compiled files, no documents."""


@dataclass(frozen=True)
class Result:
    """All that one measurement found.

    Attributes:
        name: The measurement.
        samples: Every sample, from which the document's figures are computed.
        facts: What else the document shows, such as sizes.
        versions: The versions of what was compared.
        note: What to know about this run; written by hand, so that the next run has none.
    """

    name: str
    samples: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def store(result: Result, folder: Path = FOLDER) -> None:
    """Store a result with the day, the machine, and the digests of what it measured."""
    measured = {"measured": f"{datetime.now(tz=UTC):%Y-%m-%d}", "machine": _machine(), "sources": digests(result.name)}
    text = json.dumps({**measured, **asdict(result)}, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{result.name}.json").write_text(text, encoding="utf-8")


def load_all(folder: Path = FOLDER) -> dict[str, Any]:
    """Every stored result by its name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def digests(name: str, root: Path = ROOT) -> dict[str, str]:
    """The digest of each source of a measurement as it is now."""
    found = {}
    for source in SOURCES.get(name, ()):
        files = [path for path in (root / source, *sorted((root / source).rglob("*"))) if path.suffix in _SUFFIXES]
        kept = (path for path in files if path.is_file() and ".terraform" not in path.relative_to(root).parts)
        found[source] = digest_of(read_parts(kept, root))
    return found


def changes_since(results: Mapping[str, Any], root: Path = ROOT) -> dict[str, list[str]]:
    """The sources that changed since they were measured, by measurement, where digests were stored."""
    changes = {
        name: [source for source, digest in digests(name, root).items() if result["sources"].get(source) != digest]
        for name, result in results.items()
        if result.get("sources")
    }
    return {name: changed for name, changed in changes.items() if changed}


def _machine() -> dict[str, str]:
    """The machine, without the name of a host or a folder."""
    cpuinfo = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.+)", cpuinfo.read_text(encoding="utf-8")) if cpuinfo.exists() else None
    return {
        "processor": f"{model[1] if model else platform.processor()}, {os.cpu_count()} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Python": platform.python_version(),
    }
