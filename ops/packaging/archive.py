"""Zip archives whose bytes depend on their content alone."""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Final

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold; every entry has it."""
_UNIX: Final = 3
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
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = _UNIX
            entry.external_attr = _FILE_MODE << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()
