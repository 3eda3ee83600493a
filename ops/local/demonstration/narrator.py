"""Tells a story in numbered chapters, and refuses to tell what is not so."""

import sys
import time
from collections.abc import Callable
from typing import Final, TextIO, TypeVar

from ops.project.errors import OpsError

_POLL_SECONDS: Final = 0.2
_Value = TypeVar("_Value")


class StoryError(OpsError):
    """The pipeline did not do what the story says it does."""


class Narrator:
    """Prints chapters and facts.

    Args:
        stream: Where they go; standard output by default.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stdout
        self._chapters = 0

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self._chapters += 1
        self._print(f"\n{self._chapters}. {title}")

    def tell(self, text: str) -> None:
        """Tell what is done."""
        self._print(f"   {text}")

    def show(self, claim: str, *, true: bool, found: object) -> None:
        """Tell a fact that was looked up.

        Args:
            claim: What the story says.
            true: Whether it is so.
            found: What was found, for the case that it is not.

        Raises:
            StoryError: It is not so.
        """
        if not true:
            raise StoryError(f"the story says {claim!r}, but found was: {found}")
        self._print(f"   ok  {claim}")

    def await_value(self, what: str, look: Callable[[], _Value | None], patience: float = 60) -> _Value:
        """Look again and again until something is there.

        Args:
            what: What is waited for, for people.
            look: Returns None as long as it is not there.
            patience: Seconds until the story ends.

        Raises:
            StoryError: It did not come in time.
        """
        deadline = time.monotonic() + patience
        while (value := look()) is None:
            if time.monotonic() > deadline:
                raise StoryError(f"{what} did not come within {patience:.0f} s")
            time.sleep(_POLL_SECONDS)
        return value

    def _print(self, text: str) -> None:
        print(text, file=self._stream, flush=True)
