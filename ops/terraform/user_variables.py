"""Which of the user's own Terraform variables reach the Terraform that a command of this project runs.

Source: https://developer.hashicorp.com/terraform/cli/config/environment-variables. `TF_CLI_ARGS` goes to every command
of Terraform, also to those that do not know the argument (`show`, `output`), and may contradict what this project says
itself (`-lock`, `-out`). So of these variables only arguments pass that say how Terraform works, and only to the
commands that know them. `TF_DATA_DIR`, `TF_IN_AUTOMATION` and `CHECKPOINT_DISABLE` have fixed values (`runner.py`);
every other variable, such as `TF_VAR_*`, passes as it is. A log goes to a file: Terraform would write it among its own
output, which the commands here read.
"""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from ops.project.errors import TerraformError

_ARGUMENTS: Final = "TF_CLI_ARGS"
_PASSED: Final = {"init": ("plugin-dir",), "plan": ("parallelism",), "apply": ("parallelism",)}
"""The arguments that reach a command of Terraform."""
_OURS: Final = frozenset({"input", "no-color"})
"""What every command here says itself: nobody needs to hear of it."""
PACKAGES: Final = "TF_VAR_packages"
_WORKSPACE: Final = "TF_WORKSPACE"
_DEFAULT_WORKSPACE: Final = "default"
_LOGS: Final = ("TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER")
_LOG_FILE: Final = "TF_LOG_PATH"


def usable_variables(user: Mapping[str, str], log: Path) -> dict[str, str]:
    """The user's variables without those that would contradict this project's own commands.

    Args:
        user: The user's variables.
        log: Where Terraform's log goes, if there is one and the user names no other file.

    Raises:
        TerraformError: A workspace is chosen, which would mean another state.
    """
    _refuse_workspace(user)
    kept = {name: value for name, value in user.items() if name != PACKAGES and not name.startswith(_ARGUMENTS)}
    arguments = {f"{_ARGUMENTS}_{verb}": text for verb in _PASSED if (text := _passed_arguments(user, verb))}
    # Terraform runs in the root's folder; a relative path is one of the user's folder.
    log_file = {_LOG_FILE: str(Path(user.get(_LOG_FILE) or log).absolute())} if logs(user) else {}
    return {**kept, **arguments, **log_file}


def logs(user: Mapping[str, str]) -> bool:
    """Whether the user asks Terraform for a log."""
    return any(user.get(name) for name in _LOGS)


def passed_over(user: Mapping[str, str]) -> list[str]:
    """A line for each variable, or part of one, that does not reach Terraform and changes something elsewhere.

    The values are left out: a `-var` can be a secret.
    """
    lines = [f"passing over {PACKAGES}: the packages built here are deployed"] if PACKAGES in user else []
    for variable in sorted(name for name in user if name.startswith(_ARGUMENTS)):
        verb = variable.removeprefix(_ARGUMENTS).removeprefix("_")
        passed = _PASSED.get(verb, ()) if verb else [name for names in _PASSED.values() for name in names]
        names = dict.fromkeys(name for name, _ in _arguments(user[variable]))
        dropped = [f"-{name}" for name in names if name not in (*passed, *_OURS)]
        if dropped:
            lines.append(f"passing over {variable}: {', '.join(dropped)} (run terraform itself to use it)")
    return lines


def _refuse_workspace(user: Mapping[str, str]) -> None:
    workspace = user.get(_WORKSPACE) or _DEFAULT_WORKSPACE
    if workspace != _DEFAULT_WORKSPACE:
        raise TerraformError(
            f"{_WORKSPACE}={workspace} chooses another state than this environment's. Environments are folders under "
            f"envs/ here, not workspaces: unset {_WORKSPACE} (make new ENV=... FROM=... starts another environment)"
        )


def _passed_arguments(user: Mapping[str, str], verb: str) -> str:
    """The arguments of the user that a command of Terraform gets, as the text of a variable."""
    texts = (user.get(_ARGUMENTS, ""), user.get(f"{_ARGUMENTS}_{verb}", ""))
    given = [argument for text in texts for argument in _arguments(text)]
    return shlex.join(f"-{name}={value}" for name, value in given if name in _PASSED[verb])


def _arguments(text: str) -> Iterator[tuple[str, str]]:
    """Name and value of each argument: `-name=value`, `--name value`, or `-name` alone.

    Text that no shell could read has none; Terraform itself would refuse it.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        return
    for number, word in enumerate(words):
        if word.startswith("-"):
            name, equals, value = word.lstrip("-").partition("=")
            following = "".join(words[number + 1 : number + 2])
            yield name, value if equals or following.startswith("-") else following
