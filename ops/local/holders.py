"""Finds which processes hold a lock that is inherited through open files."""

import os
from pathlib import Path
from typing import Final

from ops.local.process import PROCESSES, Process, command_of, find_process

_PROVIDER: Final = "terraform-provider-"


def orphaned_providers(file: Path) -> list[Process]:
    """The Terraform providers that hold a file open when nobody but this process does: their Terraform was killed.

    A provider inherits the lock from its Terraform and does not notice that Terraform is gone.

    Returns:
        None of them where anything else holds the file too, and on systems without /proc.
    """
    others = (folder for folder in PROCESSES.glob("[0-9]*") if int(folder.name) != os.getpid())
    holders = [int(folder.name) for folder in others if _holds(folder, file)]
    if not all(map(_is_provider, holders)):
        return []
    return [process for process in map(find_process, holders) if process]


def _holds(folder: Path, file: Path) -> bool:
    try:
        return any(entry.readlink() == file.resolve() for entry in (folder / "fd").iterdir())
    except OSError:  # it ended meanwhile, or is another user's
        return False


def _is_provider(pid: int) -> bool:
    command = command_of(pid)
    return bool(command) and Path(command[0]).name.startswith(_PROVIDER)
