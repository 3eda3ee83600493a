"""The one installer of everything that is not Terraform: uv, found or bootstrapped, with the user's own settings.

Only the standard library is imported here: this runs on the machine's own Python, before anything is installed.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from ops.project.errors import OpsError
from ops.project.programs import run_lines
from ops.project.progress import Progress

ROOT: Final = Path(__file__).resolve().parents[2]
PINS: Final = ROOT / "ops" / "setup" / "requirements"
"""Files of exact versions with hashes, which `make lock` writes."""
VIRTUAL_ENVIRONMENT: Final = ROOT / ".venv"
"""Where the project's own packages are installed."""
_OWN_UV: Final = ROOT / "build" / "uv" / "bin" / "uv"
"""Where the machine has none that is recent enough."""
OLDEST_UV: Final = (0, 9)
"""Of the user's own: the first that knows all that is asked of it here."""

_OF_PIP: Final = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "keyring-provider": "UV_KEYRING_PROVIDER",
}
"""pip's settings and what uv calls them (pip's "Configuration", uv's "Environment variables"). uv reads none of pip's:
without this a company's mirror would be bypassed."""
_OLD_NAMES: Final = {"UV_DEFAULT_INDEX": "UV_INDEX_URL", "UV_INDEX": "UV_EXTRA_INDEX_URL"}
_SECTIONS: Final = ("global.", "install.", ":env:.")
"""Of pip's configuration, the weakest first (pip's "Configuration", "Precedence / Override order")."""


def find_uv(progress: Progress) -> str:
    """The uv of PATH where it is recent enough, else the project's own, which is bootstrapped where it is missing.

    Raises:
        OpsError: It cannot be installed; pip's output is in the message.
    """
    on_path = shutil.which("uv")
    if on_path and _version(on_path) >= OLDEST_UV:
        return on_path
    if not os.access(_OWN_UV, os.X_OK):
        _bootstrap(progress)
    return str(_OWN_UV)


def uv_variables(user: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment variables of uv: the user's own, and those that pip's settings amount to.

    What the user has set for uv itself counts, whatever pip's settings say.

    Args:
        user: The user's variables; this process's by default.
    """
    given = dict(os.environ if user is None else user)
    found = {"UV_SYSTEM_CERTS": "true"}
    settings = pip_settings()
    for name, variable in _OF_PIP.items():
        if name in settings and _OLD_NAMES.get(variable) not in given:
            separator = "," if name == "find-links" else " "
            found[variable] = separator.join(settings[name].split())
    if "UV_INDEX" in found:
        # As pip does: the best of all indexes, not the first that has the package. The hashes make that safe.
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if not os.access(Path.home(), os.W_OK):
        found["UV_CACHE_DIR"] = str(ROOT / "build" / "uv-cache")
    return {**found, **given}


@cache
def pip_settings() -> Mapping[str, str]:
    """What pip.conf and `PIP_*` say, by the names of pip's long options; empty where the machine has no pip."""
    listed = _listed(sys.executable) or _listed(getattr(sys, "_base_executable", sys.executable)) or ""
    settings: dict[str, str] = {}
    for section in _SECTIONS:
        for line in listed.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(section):
                settings[key.removeprefix(section).replace("_", "-")] = str(ast.literal_eval(value))
    return settings


def run_uv(arguments: list[str], progress: Progress, what: str, variables: Mapping[str, str] | None = None) -> None:
    """Run uv to its end.

    Args:
        arguments: Its verb and options.
        progress: Notified while it is at work.
        what: What it does, for people.
        variables: Environment variables beside the user's.

    Raises:
        OpsError: It failed; its output is in the message.
    """
    _run([find_uv(progress), *arguments, "--no-progress"], {**uv_variables(), **(variables or {})}, progress, what)


def _bootstrap(progress: Progress) -> None:
    """Install the pinned uv with pip; the file asks for no extra and no dependency, so that any pip can."""
    progress.say("fetching uv, which installs everything else (once)")
    folder = _OWN_UV.parents[1]
    python = sys.executable
    if _listed(python) is None:
        _run([python, "-m", "venv", str(folder / "venv")], os.environ, progress, "installing pip")
        python = str(folder / "venv" / "bin" / "python")
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-user", "--upgrade"]
    exact = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(PINS / "uv.txt")]
    command = [python, "-m", "pip", "install", *options, "--target", str(folder), *exact]
    _run(command, os.environ, progress, "installing uv")


def _run(command: list[str], variables: Mapping[str, str], progress: Progress, what: str) -> None:
    output: list[str] = []
    try:
        with progress.waiting(lambda: what):
            code = run_lines(command, variables, ROOT, output.append)
    except OSError as error:
        raise OpsError(f"{what} failed: {command[0]} cannot be run: {error.strerror}") from error
    if code:
        raise OpsError("\n".join([f"{what} failed:", *output, *_advice("\n".join(output))]))


_NOT_REACHED: Final = (
    "was the package index reached? Behind a proxy, or with an index of your own: set HTTPS_PROXY, SSL_CERT_FILE and "
    "PIP_INDEX_URL (or pip.conf, or UV_*). Without a network: PIP_FIND_LINKS, a folder of wheels"
)


def _advice(output: str) -> list[str]:
    """What to do about the failures that are most frequent on a new machine."""
    known = (
        (r"ensurepip", "this Python has neither pip nor venv: install them (Debian: python3-venv), or install uv"),
        (r"hash.*mismatch|do not match the hashes", "the index serves other files than those that are published"),
        (
            r"connect|resolve host|dns|timed out|tunnel|certificate|no matching distribution|no solution found",
            _NOT_REACHED,
        ),
        (r"no space left", "free some space, or move the project to a larger disk"),
    )
    return [f"-> {advice}" for pattern, advice in known if re.search(pattern, output, re.IGNORECASE | re.DOTALL)]


def _listed(python: str) -> str | None:
    """What `pip config list` prints, or None where a Python has no pip."""
    done = subprocess.run(  # noqa: S603  # a Python of this machine
        [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return done.stdout if done.returncode == 0 else None


def _version(uv: str) -> tuple[int, ...]:
    """The version's first two numbers; none where the program does not say, as a version manager's empty shim."""
    done = subprocess.run(  # noqa: S603  # a program named uv, asked for its version
        [uv, "--version"], capture_output=True, text=True, check=False
    )
    found = re.match(r"uv (\d+)\.(\d+)", done.stdout)
    return tuple(map(int, found.groups())) if found else ()
