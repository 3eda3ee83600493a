"""What the figures were taken on."""

import importlib.metadata
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path


def machine() -> dict[str, str]:
    """The machine in words that name no host and no folder."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": _system(),
        "Python": platform.python_version(),
    }


def version_of(program: str) -> str:
    """The version that a program tells."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)  # noqa: S603  # ours
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "unknown"


def versions(*names: str) -> dict[str, str]:
    """The versions of packages of this environment."""
    return {name: importlib.metadata.version(name) for name in names}


def pinned(requirements: Path, names: Sequence[str]) -> dict[str, str]:
    """The versions of packages that a file of requirements pins."""
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)", requirements.read_text(encoding="utf-8"), re.MULTILINE))
    return {name: pins[name] for name in names}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _system() -> str:
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        name = platform.system()
    return f"{name}, {platform.system()} {platform.release().partition('-')[0]}"
