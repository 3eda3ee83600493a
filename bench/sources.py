"""Which of the project's files a measurement measures, and whether they are still those that it measured."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ops.project.digest import digest_of, read_parts
from ops.project.paths import EMBEDDED_ENVIRONMENT, ROOT

_LAYER: Final = "ops/setup/requirements/layer.txt"
SOURCES: Final[Mapping[str, Sequence[str]]] = {
    "synthesis": ("generate", "ops/setup/requirements/generate.txt", "bench/peers"),
    "cold_start": ("handlers", _LAYER, "bench/seed"),
    "warm_path": ("handlers", _LAYER),
    "end_to_end": ("handlers", _LAYER, "modules", f"envs/{EMBEDDED_ENVIRONMENT}", "bench/seed"),
}
"""By measurement: files, and folders with all that is below them. Calls are not here, for a test counts them anew, nor
what the whole tree takes part in."""
_KINDS: Final = frozenset({".hcl", ".j2", ".json", ".py", ".toml", ".txt"})
"""What decides how something runs: no compiled files, no documents."""


def digests(name: str, root: Path = ROOT) -> dict[str, str]:
    """The digest of each source of a measurement as it is now; none where it is not known what it measures."""
    return {source: _digest(root, root / source) for source in SOURCES.get(name, ())}


def changed(name: str, measured: Mapping[str, str], root: Path = ROOT) -> list[str]:
    """The sources that are not as they were.

    Args:
        name: The measurement.
        measured: What `digests` gave when it was taken.
        root: Of the project.
    """
    return [source for source, digest in digests(name, root).items() if measured.get(source) != digest]


def _digest(root: Path, source: Path) -> str:
    files = [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file())
    kept = (path for path in files if path.suffix in _KINDS and ".terraform" not in path.relative_to(root).parts)
    return digest_of(read_parts(kept, root))
