"""Fixtures of a `Progress` whose lines are collected instead of printed."""

from io import StringIO

import pytest

from ops.project.progress import Progress


@pytest.fixture
def said() -> StringIO:
    return StringIO()


@pytest.fixture
def progress(said: StringIO) -> Progress:
    return Progress(said, clock=lambda: 0.0)
