"""Asks before something is changed on AWS."""

import os
import sys

from ops.project.errors import OpsError

_YES = "yes"


def confirm(question: str, answer: str = _YES) -> None:
    """Return only where a person, or APPROVE in the environment, confirms.

    Args:
        question: What is about to happen.
        answer: What must be typed; APPROVE may also be `1` or `true`, in any case, for `yes`.

    Raises:
        OpsError: It was not confirmed, or there is no terminal to ask on.
    """
    given = os.environ.get("IOT_PIPELINE_APPROVE", os.environ.get("APPROVE"))  # the first is what was typed after make
    if given == answer or (given and answer == _YES and given.lower() in (_YES, "1", "true")):
        return
    if not sys.stdin.isatty():
        found = "" if given is None else f" APPROVE={given} does not confirm it."
        raise OpsError(f"{question}{found} Not a terminal: set APPROVE={answer}")
    if input(f"{question} Type {answer} to go on: ").strip() != answer:
        raise OpsError("not confirmed: nothing was changed")
