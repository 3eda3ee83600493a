"""Marks the tests that use the running pipeline, so that `make test` can run the others meanwhile."""

from typing import Final

import hypothesis
import pytest

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

_PIPELINE: Final = "pipeline"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "pipeline: uses the running pipeline (set automatically, from the fixtures)")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _PIPELINE in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.pipeline)
