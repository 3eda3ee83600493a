"""What packages are built for: a Lambda runtime, or the embedded AWS; and the Python that compiles them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

from ops.project.progress import Progress
from ops.setup.installer import ROOT, find_uv, uv_variables

_MACHINES: Final = {"x86_64": "x86_64", "arm64": "aarch64"}
"""Lambda's architectures and the names that wheels give them."""
_AMAZON_LINUX_2: Final = "manylinux_2_17"
"""Its glibc is 2.26: every wheel for 2.17 runs there, and uv knows no platform in between."""
_AMAZON_LINUX_2023: Final = "manylinux_2_34"
_FIRST_ON_AMAZON_LINUX_2023: Final = 12
"""Python 3.12 is the first runtime on Amazon Linux 2023 (Lambda's runtimes page)."""
_FETCHED: Final = {"UV_PYTHON_INSTALL_DIR": str(ROOT / "build" / "python")}
"""Where uv keeps what it fetches; the user's own folder stays as it is."""


class Target(NamedTuple):
    """What the packages must run on.

    Attributes:
        description: For people.
        wheels: uv's options that choose the wheels.
        compiler: The interpreter that makes bytecode, or None where there is none of that version.
    """

    description: str
    wheels: tuple[str, ...]
    compiler: Path | None


def lambda_target(runtime: str, architecture: str, progress: Progress) -> Target:
    """A Lambda runtime.

    Args:
        runtime: Such as `python3.11`.
        architecture: `x86_64` or `arm64`.
        progress: Shows that an interpreter of the runtime's version is fetched, or that there is none.
    """
    version = runtime.removeprefix("python")
    minor = int(version.partition(".")[2])
    libraries = _AMAZON_LINUX_2 if minor < _FIRST_ON_AMAZON_LINUX_2023 else _AMAZON_LINUX_2023
    compiler = find_interpreter(version, progress)
    if compiler is None:
        progress.say(f"no Python {version} on this machine, and none could be fetched: the packages have no bytecode,")
        progress.say("  which makes cold starts about twice as slow")
    platform = f"{_MACHINES[architecture]}-{libraries}"
    wheels = ("--python-platform", platform, "--python-version", version)
    return Target(f"Lambda's {runtime} on {architecture}", wheels, compiler)


def host_target(interpreter: Path) -> Target:
    """This machine, with an interpreter that will run the functions."""
    return Target("the embedded AWS on this machine", ("--python", str(interpreter)), interpreter.resolve())


def find_interpreter(version: str, progress: Progress) -> Path | None:
    """A CPython of that version: the running one, else one that uv finds, or fetches and verifies.

    Args:
        version: Major and minor, such as `3.11`.
        progress: Shows that one is looked for, and why none was found.
    """
    if version == ".".join(map(str, sys.version_info[:2])):
        return Path(sys.executable)
    options = ["--no-project", "--quiet", "--python", f"cpython@{version}"]
    with progress.waiting(lambda: f"finding or fetching Python {version}, which compiles the packages"):
        done = subprocess.run(  # noqa: S603  # the uv that this project found
            [find_uv(progress), "run", *options, "python", "-c", "import sys; print(sys.executable)"],
            env={**uv_variables(), **_FETCHED},
            capture_output=True,
            text=True,
            check=False,
            cwd=os.sep,
        )
    if done.returncode:
        progress.say(done.stderr.strip())
        return None
    return Path(done.stdout.strip())
