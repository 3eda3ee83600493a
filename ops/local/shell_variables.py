"""Files of shell variables: written to be sourced, read back by the project's own commands."""

import shlex
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

from ops.local.ports import HOST
from ops.project.errors import OpsError

_LOOPBACK: Final = f"{HOST},localhost"


_NO_PROXY: Final = ("NO_PROXY", "no_proxy")
"""Programs read the one or the other; where the user has set only one of them, both take its value."""


def write_variables(path: Path, variables: Mapping[str, str], unset: Iterable[str], heading: str) -> None:
    """Write a file that only its owner may read. Once it is sourced, loopback is behind no proxy.

    Args:
        path: The file.
        variables: What it exports.
        unset: Variables that must not be set beside these.
        heading: A comment that says what it is for.
    """
    lines = [f"# {heading}", *(f"unset {name}" for name in unset)]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    lines += _without_proxies()
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("\n".join(lines) + "\n")


def read_variables(path: Path) -> dict[str, str]:
    """What a file exports.

    Raises:
        OpsError: There is no such file.
    """
    try:
        words = shlex.split(path.read_text(), comments=True)
    except FileNotFoundError as error:
        raise OpsError(f"{path} does not exist: make up writes it") from error
    return dict(word.split("=", 1) for before, word in pairwise(words) if before == "export" and "=" in word)


def without_proxies(user: Mapping[str, str]) -> dict[str, str]:
    """The user's NO_PROXY, with loopback in it, by both of its names: what a written file does to a shell."""
    first, second = (user.get(name) or user.get(other, "") for name, other in (_NO_PROXY, reversed(_NO_PROXY)))
    return {name: _with_loopback(value) for name, value in zip(_NO_PROXY, (first, second), strict=True)}


def _with_loopback(value: str) -> str:
    """The list with loopback in front; one that has it, or every address (`*`), stays as it is."""
    return value if value == "*" or HOST in value.split(",") else ",".join(filter(None, [_LOOPBACK, value]))


def _without_proxies() -> list[str]:
    """The same in the shell's words, for what the user has set by then."""
    first, second = _NO_PROXY
    lines = [f': "${{{first}:=${{{second}-}}}}"', f': "${{{second}:=${first}}}"']
    for name in _NO_PROXY:
        patterns = f'"*"|{HOST}|{HOST},*|*,{HOST}|*,{HOST},*'
        lines.append(f'case "${name}" in {patterns}) ;; *) {name}="{_LOOPBACK}${{{name}:+,${name}}}" ;; esac')
        lines.append(f"export {name}")
    return lines
