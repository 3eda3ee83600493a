"""Lambda's limits on packages (its quotas page, "Deployment package (.zip file archive) size")."""

import zipfile
from pathlib import Path
from typing import Final

from ops.project.errors import PackagingError

MAXIMUM_ZIPPED: Final = 50 * 1024 * 1024
"""Bytes of one package sent directly, as Terraform sends it."""
MAXIMUM_UNZIPPED: Final = 250 * 1024 * 1024
"""Bytes of a function and all its layers together."""


def sizes(package: Path) -> tuple[int, int]:
    """Bytes zipped and unzipped."""
    with zipfile.ZipFile(package) as archive:
        return package.stat().st_size, sum(entry.file_size for entry in archive.infolist())


def check_limits(functions: list[Path], layer: Path) -> None:
    """Refuse what Lambda would refuse.

    Raises:
        PackagingError: Every package that is too large, with its size and the limit.
    """
    layer_zipped, layer_unzipped = sizes(layer)
    problems = [f"{layer.name} has {layer_zipped} bytes zipped"] if layer_zipped > MAXIMUM_ZIPPED else []
    for function in functions:
        zipped, unzipped = sizes(function)
        if zipped > MAXIMUM_ZIPPED:
            problems.append(f"{function.name} has {zipped} bytes zipped")
        if unzipped + layer_unzipped > MAXIMUM_UNZIPPED:
            problems.append(f"{function.name} and the layer have {unzipped + layer_unzipped} bytes unzipped")
    if problems:
        limits = f"Lambda takes {MAXIMUM_ZIPPED} bytes zipped and {MAXIMUM_UNZIPPED} unzipped"
        raise PackagingError(f"{'; '.join(problems)}: {limits}")
