"""What packages are built for: a Lambda runtime, or the interpreter that plays its part in the embedded AWS."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ops.packaging.errors import PackagingError
from ops.packaging.interpreter import find_interpreter, interpreter_version

_MACHINES: Final = {"x86_64": "x86_64", "arm64": "aarch64"}
"""Lambda's architectures and the names that wheels give them."""
_OLDEST_GLIBC: Final = 17
"""manylinux2014 is glibc 2.17; every wheel for it runs on what is newer."""
_AMAZON_LINUX_2_GLIBC: Final = 26
_AMAZON_LINUX_2023_GLIBC: Final = 34
_FIRST_ON_AMAZON_LINUX_2023: Final = 12
"""Python 3.12 is the first runtime on Amazon Linux 2023 (Lambda's runtimes page)."""


@dataclass(frozen=True)
class Target:
    """What the packages must run on.

    Attributes:
        description: For people.
        pip: The command that runs pip, without its verb.
        tags: pip's options that choose wheels for another machine; none for this one.
        compiler: The interpreter that makes bytecode, or None where this machine has none of that version.
        python: The interpreter's version as far as it decides over bytes: of the compiler, else of the runtime.
    """

    description: str
    pip: tuple[str, ...]
    tags: tuple[str, ...]
    compiler: Path | None
    python: str


def lambda_target(runtime: str, architecture: str) -> Target:
    """What Lambda runs.

    Args:
        runtime: Such as `python3.11`.
        architecture: `x86_64` or `arm64`.
    """
    version = runtime.removeprefix("python")
    minor = int(version.partition(".")[2])
    newest = _AMAZON_LINUX_2_GLIBC if minor < _FIRST_ON_AMAZON_LINUX_2023 else _AMAZON_LINUX_2023_GLIBC
    machine = _MACHINES[architecture]
    platforms = [f"manylinux_2_{glibc}_{machine}" for glibc in range(newest, _OLDEST_GLIBC - 1, -1)]
    platforms.append(f"manylinux2014_{machine}")
    tags = [option for platform in platforms for option in ("--platform", platform)]
    compiler = find_interpreter(version)
    return Target(
        description=f"Lambda's {runtime} on {architecture}",
        pip=(sys.executable, "-m", "pip"),
        tags=(*tags, "--python-version", version, "--implementation", "cp"),
        compiler=compiler,
        python=(interpreter_version(compiler) if compiler else None) or f"{version} (none here)",
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
        pip=(str(interpreter), "-m", "pip"),
        tags=(),
        compiler=interpreter,
        python=version,
    )
