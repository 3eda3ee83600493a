"""Asks before something is changed on AWS."""

import os
import sys
from typing import Final

from ops.project.errors import OpsError

_VARIABLE: Final = "APPROVE"
_YES: Final = "yes"
_ALSO_YES: Final = ("1", "true", "yes")
"""In any case of letters, as for every switch of the commands."""


def confirm(question: str, answer: str = _YES) -> None:
    """Go on only when a person, or APPROVE in the environment, says so.

    Args:
        question: What is about to happen.
        answer: What must be said.

    Raises:
        OpsError: It was not said, or there is no terminal to ask on.
    """
    given = os.environ.get(_VARIABLE)
    if given == answer or (answer == _YES and (given or "").lower() in _ALSO_YES):
        return
    if not sys.stdin.isatty():
        found = "" if given is None else f" {_VARIABLE}={given} does not confirm it."
        raise OpsError(f"{question}{found} Not a terminal: set {_VARIABLE}={answer}")
    if input(f"{question} Type {answer} to go on: ").strip() != answer:
        raise OpsError("not confirmed: nothing was changed")
