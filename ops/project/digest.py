"""Digests of what a result was made from, so that nothing is made again that did not change."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path


def digest_of(parts: Mapping[str, bytes]) -> str:
    """The SHA-256 of named parts, independent of their order.

    Names and contents are hashed with their lengths, so that moving a byte from one part to the next shows.
    """
    total = hashlib.sha256()
    for name in sorted(parts):
        for piece in (name.encode(), parts[name]):
            total.update(len(piece).to_bytes(8, "big"))
            total.update(piece)
    return total.hexdigest()


def read_parts(files: Iterable[Path], root: Path) -> dict[str, bytes]:
    """The files' contents by their path relative to `root`."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
