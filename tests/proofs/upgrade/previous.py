"""The generated files of the previous version, from which an upgrade can be planned.

`python -m tests.proofs.upgrade.previous` (or `make previous`) archives what this tree generates from the settings of
`tests/support/sample/`; it is the last step of a release.
"""

import gzip
import io
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ops.terraform.provider import LOCK_FILE
from tests.support.sample import ROOTS, write_generated

ARCHIVE: Final = Path(__file__).parent / "previous.tar.gz"


def generated(project: Path) -> Iterator[Path]:
    """The files of the modules and of the roots that are applied on this machine."""
    yield from sorted(project.glob("modules/*/*.tf.json"))
    for root in ROOTS:
        folder = project / "envs" / root
        yield from sorted([*folder.glob("*.tf.json"), folder / LOCK_FILE])


def pack(project: Path) -> bytes:
    """An archive of the generated files; the same files give the same bytes."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for file in generated(project):
            entry = tarfile.TarInfo(file.relative_to(project).as_posix())
            data = file.read_bytes()
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(content.getvalue(), mtime=0)


def unpack(content: bytes, folder: Path) -> None:
    """Write an archive's files."""
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        archive.extractall(folder, filter="data")


if __name__ == "__main__":
    with TemporaryDirectory() as name:
        write_generated(Path(name))
        ARCHIVE.write_bytes(pack(Path(name)))
        sys.stdout.write(f"archived as the previous version: {len(list(generated(Path(name))))} files of this tree\n")
