"""Virtual environments under `build/venv/`, each made from a file of pinned and hashed requirements."""

import argparse
import hashlib
import os
import sys
import venv
from pathlib import Path

from ops.commands import run
from ops.errors import OpsError
from ops.progress import Progress
from ops.project import ROOT
from ops.stream import run_lines


def ensure_virtual_environment(folder: Path, requirements: Path, progress: Progress) -> Path:
    """Make the environment, or bring it up to date, where its requirements changed.

    Args:
        folder: Where the environment lies.
        requirements: A file in pip's format, hashes included.
        progress: Told when something is installed.

    Returns:
        The environment's interpreter.

    Raises:
        OpsError: pip failed; its words are in the message.
    """
    interpreter = folder / "bin" / "python"
    stamp = folder / "requirements.sha256"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if interpreter.exists() and stamp.is_file() and stamp.read_text() == digest:
        return interpreter
    progress.say(f"installing what {requirements.name} lists into a virtual environment of its own (once)")
    if not interpreter.exists():
        venv.create(folder, with_pip=True, clear=True)
    _install(interpreter, requirements, progress)
    stamp.write_text(digest)
    return interpreter


def _install(interpreter: Path, requirements: Path, progress: Progress) -> None:
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    command = [str(interpreter), "-m", "pip", "install", *options, "-r", str(requirements)]
    words: list[str] = []
    if run_lines(command, os.environ, Path.cwd(), words.append, lambda: progress.say("  installing")):
        python = ".".join(map(str, sys.version_info[:3]))
        raise OpsError("\n".join([f"pip (Python {python}) could not install {requirements.name}:", *words]))


def main() -> int:
    """Make the environment that the command line names, such as `embedded` or `scan`."""
    names = sorted(path.stem for path in (ROOT / "ops" / "requirements").glob("*.txt"))
    parser = argparse.ArgumentParser(prog="python -m ops.virtual_environment")
    parser.add_argument("name", choices=names)
    name = parser.parse_args().name
    requirements = ROOT / "ops" / "requirements" / f"{name}.txt"
    ensure_virtual_environment(ROOT / "build" / "venv" / name, requirements, Progress())
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
