"""Which of the user's own Terraform variables reach the Terraform that a command of this project runs.

Source: https://developer.hashicorp.com/terraform/cli/config/environment-variables. `TF_CLI_ARGS` goes to every command
of Terraform, also to those that do not know the argument (`show`, `output`), and may contradict an argument of this
project (`-lock`, `-out`). So only arguments that say how Terraform works pass, and only to the commands that know them.
`TF_DATA_DIR`, `TF_IN_AUTOMATION` and `CHECKPOINT_DISABLE` have fixed values (`runner.py`). Every other variable passes
as it is, such as `TF_VAR_*`.
"""

import shlex
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Final

from ops.project.errors import TerraformError

PACKAGES: Final = "TF_VAR_packages"
_ARGUMENTS: Final = "TF_CLI_ARGS"
_PASSED: Final = {"init": ("plugin-dir",), "plan": ("parallelism",), "apply": ("parallelism",)}
"""The arguments that reach a command of Terraform."""
_OURS: Final = ("input", "no-color")
"""What every command of this project says itself: to ignore these changes nothing."""
_WORKSPACE: Final = "TF_WORKSPACE"
_LOG_FILE: Final = "TF_LOG_PATH"


def usable_variables(user: Mapping[str, str], log: Path) -> dict[str, str]:
    """The user's variables without those that would contradict this project's own commands.

    Args:
        user: The user's variables.
        log: Where Terraform's log goes, if the user asks for one and names no file: it must not go to Terraform's own
            output, which the commands read.

    Raises:
        TerraformError: A workspace is chosen, which would mean another state.
    """
    workspace = user.get(_WORKSPACE) or "default"
    if workspace != "default":
        raise TerraformError(
            f"{_WORKSPACE}={workspace} chooses another state than this environment's. Environments are folders under "
            f"envs/ here, not workspaces: unset {_WORKSPACE} (make new ENV=... FROM=... starts another environment)"
        )
    usable = {name: value for name, value in user.items() if name != PACKAGES and not name.startswith(_ARGUMENTS)}
    for verb, names in _PASSED.items():
        given = [*_arguments(user.get(_ARGUMENTS, "")), *_arguments(user.get(f"{_ARGUMENTS}_{verb}", ""))]
        if passed := shlex.join(f"-{name}={value}" for name, value in given if name in names):
            usable[f"{_ARGUMENTS}_{verb}"] = passed
    if logs(user):  # Terraform runs in the root's folder, and a relative path is relative to the user's
        usable[_LOG_FILE] = str(Path(user.get(_LOG_FILE) or log).absolute())
    return usable


def logs(user: Mapping[str, str]) -> bool:
    """Whether the user asks Terraform for a log."""
    return any(user.get(name) for name in ("TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER"))


def passed_over(user: Mapping[str, str]) -> list[str]:
    """A line for each variable that does not reach Terraform, or not as a whole.

    The values are left out: a `-var` can be a secret.
    """
    lines = [f"passing over {PACKAGES}: the packages built here are deployed"] if PACKAGES in user else []
    for variable in sorted(name for name in user if name.startswith(_ARGUMENTS)):
        verb = variable.removeprefix(_ARGUMENTS).removeprefix("_")
        passed = _PASSED.get(verb, ()) if verb else sum(_PASSED.values(), ())
        names = dict.fromkeys(name for name, _ in _arguments(user[variable]))
        dropped = [f"-{name}" for name in names if name not in (*passed, *_OURS)]
        if dropped:
            lines.append(f"passing over {variable}: {', '.join(dropped)} (run terraform itself to use it)")
    return lines


def _arguments(text: str) -> list[tuple[str, str]]:
    """Name and value of each argument: `-name=value`, `--name value`, or `-name` alone.

    Text with an open quotation mark has no arguments; Terraform itself would refuse it.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        return []
    found = []
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        if word.startswith("-"):
            name, equals, value = word.lstrip("-").partition("=")
            found.append((name, value if equals or following.startswith("-") else following))
    return found
