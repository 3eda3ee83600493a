"""Compiled Python files that are valid wherever they lie and whatever their source's time says.

Without them every cold start compiles what it imports. Unchecked-hash files (PEP 552) are loaded without a look at
their source, which a package that never changes in place can afford.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ops.project.errors import PackagingError

_COMPILE: Final = """
import pathlib, py_compile, sys
folder, prefix = pathlib.Path(sys.argv[1]), sys.argv[2]
for source in sorted(folder.rglob("*.py")):
    name = prefix + "/" + source.relative_to(folder).as_posix()
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(source), dfile=name, doraise=True, invalidation_mode=mode)
"""


def with_bytecode(files: Mapping[str, bytes], interpreter: Path, prefix: str) -> dict[str, bytes]:
    """The files, and beside each Python source its compiled form.

    Args:
        files: Contents by path inside the package.
        interpreter: A CPython of the version that will load them.
        prefix: Where the package lies at run time (`/var/task`, `/opt`); tracebacks show it.

    Raises:
        PackagingError: A source does not compile.
    """
    with TemporaryDirectory(prefix="bytecode-") as name:
        folder = Path(name)
        for path, content in files.items():
            if path.endswith(".py"):
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        _compile(folder, interpreter, prefix)
        compiled = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.pyc")}
    return {**files, **compiled}


def _compile(folder: Path, interpreter: Path, prefix: str) -> None:
    # A fixed hash seed gives the members of a frozen set the same order, and so the same bytes, on every run.
    done = subprocess.run(  # noqa: S603  # an interpreter that this project found, with a script of its own
        [str(interpreter), "-S", "-s", "-c", _COMPILE, str(folder), prefix],
        env={"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackagingError(f"{interpreter} could not compile the package:\n{done.stderr.strip()}")
