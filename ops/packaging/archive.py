"""Zip archives whose bytes depend on their content alone, with compiled Python files."""

import subprocess
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ops.project.errors import PackagingError

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can have; every entry has it."""
_FILE_MODE: Final = 0o100644
"""A regular file that everyone may read: Lambda runs as a user that owns nothing in the package."""


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """A zip of the files: fixed times and modes, in alphabetical order of their names.

    Args:
        files: Contents by path inside the archive, with `/` between folders.
    """
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = _FILE_MODE << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()


def with_bytecode(files: Mapping[str, bytes], interpreter: Path | None, prefix: str) -> dict[str, bytes]:
    """The files, and beside each Python source its compiled form.

    Unchecked-hash files (PEP 552) are loaded without a look at their source, which never changes in a package.

    Args:
        files: Contents by path inside the package.
        interpreter: A CPython of the version that will load them, or None where there is none.
        prefix: Where the package is at run time (`/var/task`, `/opt`); tracebacks show it.

    Raises:
        PackagingError: A source does not compile.
    """
    if interpreter is None:
        return dict(files)
    with TemporaryDirectory(prefix="bytecode-") as name:
        folder = Path(name)
        for path, content in files.items():
            if path.endswith(".py"):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
        options = ["-q", "--invalidation-mode=unchecked-hash", "-s", name, "-p", prefix]
        done = subprocess.run(  # noqa: S603  # an interpreter that this project found
            [str(interpreter), "-S", "-s", "-m", "compileall", *options, name],
            env={"PYTHONHASHSEED": "0"},  # gives the members of a frozen set the same order on every run
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PackagingError(f"{interpreter} could not compile the package:\n{(done.stdout + done.stderr).strip()}")
        compiled = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.pyc")}
    return {**files, **compiled}
