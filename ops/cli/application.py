"""All verbs of `iot-pipeline`, in the groups of `make help`, and what becomes of a wrong command line."""

import sys
import tomllib
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final, NoReturn

from cyclopts import App, CycloptsError, Group, MissingArgumentError
from rich.console import Console
from typing_extensions import override

from generate.reading import environment_names
from ops.cli.options import read_options
from ops.project.errors import OpsError
from ops.project.paths import ROOT

NAME: Final = "iot-pipeline"
"""Of the command and of the distribution."""
USAGE: Final = 2
"""The exit code of a command line that cannot be read."""
GROUPS: Final = {
    "On this machine, without an AWS account": {"embedded": "demo up down reset status", "operating": "send query"},
    "On AWS, with your own credentials; --env local is the embedded AWS": {
        "deploying": "bootstrap doctor plan apply destroy outputs drift unlock package"
    },
    "Operating": {"operating": "logs redrive load verify capacity scale"},
    "Working on the project": {
        "developing": "generate new golden previous provider_schema service_models "
        "test prove check scan audit bench lock",
    },
}
"""The verbs of each group, by module of `ops.cli`. A module is imported when one of its verbs is used."""
_VERBS: Final = frozenset(name for verbs in GROUPS.values() for names in verbs.values() for name in names.split())
_EPILOGUE: Final = (
    "Exit codes: 0 done; 1 failed or refused; 2 wrong usage; 3 drift found (drift alone); 130 interrupted; 141 the "
    "output was not read to the end. A switch takes a value, too: --follow=no. With make, --name value is NAME=value."
)


class _PlainConsole(Console):
    """Leaves a reader that has gone to whoever runs the command, as for any other output."""

    @override
    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


def execute(words: Sequence[str]) -> int:
    """Run the verb that a command line names.

    Returns:
        The verb's exit code; 2 where the command line cannot be read.

    Raises:
        OpsError: The command is not that of a checkout.
    """
    verb = next(iter(words), "")
    if verb.replace("-", "_") in _VERBS and not (ROOT / "envs").is_dir():
        raise OpsError(f"{verb} needs a checkout of the project; without one there is {NAME} generate")
    app = application()
    if not words or words[0].startswith("-"):
        app.resolved_commands()  # their help is in their docstrings
    try:
        code = app(words, console=_PlainConsole(), exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        print(f"error: {_describe(error)}", file=sys.stderr)
        return USAGE
    return code if isinstance(code, int) else 0


def application() -> App:
    """The whole command line."""
    app = App(
        name=NAME,
        help="A serverless IoT data pipeline on AWS.",
        help_epilogue=_EPILOGUE,
        help_format="plaintext",
        version=_version,
        config=read_options,
        suppress_keyboard_interrupt=False,
    )
    for title, verbs in GROUPS.items():
        group = Group.create_ordered(title)
        paths = [f"ops.cli.{module}:{name}" for module, names in verbs.items() for name in names.split()]
        for order, path in enumerate(paths):
            app.command(path, group=group, sort_key=order)
    app.register_install_completion_command(help="Install completion of verbs and options for your shell.")
    return app


def _describe(error: CycloptsError) -> str:
    if not (isinstance(error, MissingArgumentError) and error.argument and error.argument.name == "--env"):
        return str(error)
    verb = (error.command_chain or [""])[-1]
    example = "pr-123" if verb == "new" else "dev"
    return (
        f"ENV is missing. For example: make {verb} ENV={example}, or {NAME} {verb} --env {example}\n"
        f"environments: {' '.join(environment_names(ROOT))}"
    )


def _version() -> str:
    try:
        found = version(NAME)
    except PackageNotFoundError:  # a checkout, where nothing is installed of the project itself
        found = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return f"{NAME} {found}"
