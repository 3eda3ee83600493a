"""What was typed as variables of make: read, or refused with the variable, what was found and what is allowed."""

import argparse
from collections.abc import Collection
from typing import Final

from ops.project.errors import OpsError

_LONGEST_SHOWN: Final = 40
"""Characters of what was typed that an error repeats."""
SWITCH: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
"""What a switch may be, in any case of letters."""


class MakeVariables:
    """Reads the variables of one command, and keeps what is wrong with them until all are read.

    Args:
        given: The command line, each value a text, or None where it was left out.
    """

    def __init__(self, given: argparse.Namespace) -> None:
        self._given: dict[str, str | None] = vars(given)
        self.problems: list[str] = []

    def whole_number(self, name: str, most: int, meaning: str = "") -> int:
        """A number from 1 on; 1 where it is a problem.

        Args:
            name: The variable, in lower case.
            most: The greatest that is allowed.
            meaning: What that is in other words, such as `ten years`.
        """
        text = self._given[name] or ""
        digits = text if text.isascii() and text.isdecimal() and len(text) <= len(str(most)) else "0"
        if not 1 <= int(digits) <= most:
            self.refuse(name, f"a whole number from 1 to {most}{f' ({meaning})' if meaning else ''}")
        return max(int(digits), 1)

    def one_of(self, name: str, allowed: Collection[str]) -> None:
        """A text that is one of these, or left out."""
        if self._given[name] not in (None, *allowed):
            self.refuse(name, f"there are {', '.join(allowed)}")

    def switch(self, name: str) -> bool:
        """Whether something is on; off where it is left out or a problem."""
        text = self._given[name]
        if text is not None and text.lower() not in SWITCH:
            self.refuse(name, "1, true or yes turns it on; 0, false or no, or leaving it out, turns it off")
        return SWITCH.get((text or "").lower(), False)

    def text(self, name: str, allowed: str) -> str | None:
        """A text that says something, in UTF-8, or None where it was left out.

        Args:
            name: The variable, in lower case.
            allowed: What it may be.
        """
        text = self._given[name]
        if text is not None and not text.strip():
            self.refuse(name, f"it is empty; allowed is {allowed}")
        elif text is not None and not _is_unicode(text):
            self.refuse(name, f"it is not UTF-8; allowed is {allowed}")
        return text

    def refuse(self, name: str, allowed: str) -> None:
        """Keep a problem.

        Args:
            name: The variable, in lower case.
            allowed: What it may be.
        """
        text = self._given[name] or ""
        shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
        self.problems.append(f"{name.upper()}={shown if _is_unicode(shown) else ascii(shown)}: {allowed}")

    def refuse_problems(self) -> None:
        """End where something is wrong.

        Raises:
            OpsError: With every problem, one a line.
        """
        if self.problems:
            raise OpsError("\n".join(self.problems))


def _is_unicode(text: str) -> bool:
    """Whether the shell's bytes were UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
