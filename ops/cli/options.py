"""The values of options: typed as options, or as make's variables, and checked for all commands alike."""

import os
import re
from collections.abc import Iterator
from typing import Annotated, Final

from cyclopts import App, Argument, ArgumentCollection, CycloptsError, Parameter, Token, validators

from ops.project.paths import ROOT, deployed_names

PREFIX: Final = "IOT_PIPELINE_"
"""What is typed as NAME=value on make's command line is the variable of this and NAME: see the Makefile."""
_OF_EVERY_COMMAND: Final = frozenset({"APPROVE", "PYTHON"})
"""Variables of make that are no options: the answer to a question, and the interpreter of the set-up."""
_LONGEST_SHOWN: Final = 40
"""Characters of what was typed that an error repeats."""
_WHOLE: Final = re.compile(rf"-?[0-9]{{1,{_LONGEST_SHOWN}}}")
"""Python and cyclopts take much else for a whole number: 0x10, 1_0, and 1.5, which they round."""


def _check_running(_: type, name: str) -> None:
    known = deployed_names(ROOT)
    if name not in known:
        raise ValueError(f"There are: {', '.join(known)}.")


Running = Annotated[str, Parameter(validator=_check_running, help="local (the embedded AWS) or an environment on AWS.")]
"""An environment that is applied."""
Deployed = Annotated[str, Parameter(help="An environment, such as dev; local is the embedded AWS.")]
"""An environment of `envs/`, applied or not, which has to be named."""
Json = Annotated[bool, Parameter(name="--json", negative=(), help="Print the result as JSON.")]


def between(minimum: float, maximum: float) -> Parameter:
    """A number's range, both ends included."""
    return Parameter(validator=validators.Number(gte=minimum, lte=maximum))


def read_options(_app: App, _verbs: tuple[str, ...], arguments: ArgumentCollection) -> None:
    """Add what was typed on make's command line, and check every value before it is converted.

    Raises:
        CycloptsError: With everything that is wrong, one a line.
    """
    values = [argument for argument in arguments if not argument.children]
    for argument in values:
        name = argument.name.lstrip("-").replace("-", "_").upper()
        if PREFIX + name in os.environ and not argument.tokens:
            argument.append(Token(keyword=name, value=os.environ[PREFIX + name], source="make"))
    problems = _unknown(values) + [
        f"{token.keyword}={_shown(token.value)}: {why}" for argument in values for token, why in _wrong(argument)
    ]
    if problems:
        raise CycloptsError(msg="\n".join(problems))


def _unknown(values: list[Argument]) -> list[str]:
    """What was typed on make's command line and is not an option of this command."""
    known = {
        name.lstrip("-").replace("-", "_").upper()
        for argument in values
        for name in argument.names
        if not name.startswith("--no-")
    }
    typed = {name.removeprefix(PREFIX) for name in os.environ if name.startswith(PREFIX)}
    allowed = f"there are {', '.join(sorted(known))}" if known else "it has none"
    return [f"{name}: not an option of this command; {allowed}" for name in sorted(typed - known - _OF_EVERY_COMMAND)]


def _wrong(argument: Argument) -> Iterator[tuple[Token, str]]:
    for token in argument.tokens:
        if isinstance(token.implicit_value, bool):  # a switch, already converted
            continue
        if not token.value.strip():
            yield token, "it is empty; leave it out, or give a value"
        elif not _is_unicode(token.value):
            yield token, "it is not UTF-8"
        elif argument.hint in (int, int | None) and not _WHOLE.fullmatch(token.value):
            yield token, "a whole number is needed"


def _is_unicode(text: str) -> bool:
    """Whether the shell's bytes were UTF-8."""
    return not any("\udc80" <= character <= "\udcff" for character in text)


def _shown(text: str) -> str:
    short = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
    return short if _is_unicode(short) else ascii(short)
