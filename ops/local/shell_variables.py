"""Files of shell variables, which a user sources and the project's own commands read."""

import shlex
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

from ops.local.ports import HOST
from ops.project.errors import OpsError

_LOOPBACK: Final = f"{HOST},localhost"
_NO_PROXY: Final = ("NO_PROXY", "no_proxy")
"""Programs read one or the other; where the user has set only one of them, both get its value."""
_UNSET: Final = r"unset $(env | sed -n 's/^\(AWS_[A-Za-z0-9_]*\)=.*/\1/p') TF_WORKSPACE"
"""Whatever would override the credentials and the endpoint that a file exports, or choose another Terraform state."""
_LOOPBACK_WITHOUT_PROXY: Final = (
    ': "${NO_PROXY:=${no_proxy-}}" "${no_proxy:=$NO_PROXY}"',
    *(
        f'case ",${name}," in ",*,"|*,{HOST},*) ;; *) {name}="{_LOOPBACK}${{{name}:+,${name}}}" ;; esac'
        for name in _NO_PROXY
    ),
    "export NO_PROXY no_proxy",
)
"""The shell's equivalent of `without_proxies`."""


def write_variables(path: Path, variables: Mapping[str, str], heading: str) -> None:
    """Write a file that only its owner can read.

    Args:
        path: The file.
        variables: The variables that it exports; other AWS variables of the shell are unset.
        heading: A comment that says what it is for.
    """
    exports = (f"export {name}={shlex.quote(value)}" for name, value in variables.items())
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("\n".join((f"# {heading}", _UNSET, *exports, *_LOOPBACK_WITHOUT_PROXY)) + "\n")


def read_variables(path: Path) -> dict[str, str]:
    """Read the variables that a file exports.

    Raises:
        OpsError: There is no such file.
    """
    try:
        words = shlex.split(path.read_text(), comments=True)
    except FileNotFoundError as error:
        raise OpsError(f"{path} does not exist: make up writes it") from error
    return dict(word.split("=", 1) for before, word in pairwise(words) if before == "export" and "=" in word)


def without_proxies(user: Mapping[str, str]) -> dict[str, str]:
    """The user's NO_PROXY and no_proxy with loopback in them."""
    upper, lower = _NO_PROXY
    values = {upper: user.get(upper) or user.get(lower, ""), lower: user.get(lower) or user.get(upper, "")}
    return {name: _with_loopback(value) for name, value in values.items()}


def _with_loopback(value: str) -> str:
    """The list with loopback in front, where it contains neither loopback nor every address (`*`)."""
    return value if value == "*" or HOST in value.split(",") else ",".join(filter(None, [_LOOPBACK, value]))
