"""What packages are built for: a Lambda runtime, or the interpreter that plays its part in the embedded AWS."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ops.packaging.interpreter import find_interpreter, interpreter_version
from ops.project.errors import PackagingError
from ops.project.progress import Progress

_MACHINES: Final = {"x86_64": "x86_64", "arm64": "aarch64"}
"""Lambda's architectures and the names that wheels give them."""
_AMAZON_LINUX_2: Final = "manylinux_2_17"
"""Its glibc is 2.26: every wheel for 2.17 runs there, and uv knows no platform in between."""
_AMAZON_LINUX_2023: Final = "manylinux_2_34"
_FIRST_ON_AMAZON_LINUX_2023: Final = 12
"""Python 3.12 is the first runtime on Amazon Linux 2023 (Lambda's runtimes page)."""


@dataclass(frozen=True)
class Target:
    """What the packages must run on.

    Attributes:
        description: For people.
        version: Python's major and minor version.
        wheels: uv's options that choose the wheels.
        compiler: The interpreter that makes bytecode, or None where there is none of that version.
    """

    description: str
    version: str
    wheels: tuple[str, ...]
    compiler: Path | None


def lambda_target(runtime: str, architecture: str, progress: Progress) -> Target:
    """What Lambda runs.

    Args:
        runtime: Such as `python3.11`.
        architecture: `x86_64` or `arm64`.
        progress: Told where an interpreter of the runtime's version is fetched.
    """
    version = runtime.removeprefix("python")
    minor = int(version.partition(".")[2])
    libraries = _AMAZON_LINUX_2 if minor < _FIRST_ON_AMAZON_LINUX_2023 else _AMAZON_LINUX_2023
    platform = f"{_MACHINES[architecture]}-{libraries}"
    return Target(
        description=f"Lambda's {runtime} on {architecture}",
        version=version,
        wheels=("--python-platform", platform, "--python-version", version),
        compiler=find_interpreter(version, progress),
    )


def host_target(interpreter: Path) -> Target:
    """This machine, as an interpreter of its own sees it.

    Raises:
        PackagingError: The interpreter does not run.
    """
    version = interpreter_version(interpreter)
    if version is None:
        raise PackagingError(f"{interpreter} does not run")
    return Target(
        description=f"the embedded AWS's Python {version} on this machine",
        version=version,
        wheels=("--python", str(interpreter)),
        compiler=interpreter,
    )
