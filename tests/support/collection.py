"""Collection hooks: mark the tests that use the running pipeline, and begin with the longest tests."""

from typing import Final

import hypothesis
import pytest

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

_PIPELINE: Final = "pipeline"
_LONG: Final = "long"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "pipeline: uses the running pipeline (set automatically, from the fixtures)")
    config.addinivalue_line("markers", "long: takes more than about 5 seconds; begins first, whatever the random order")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _PIPELINE in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.pipeline)
    # A long test that begins last would run alone, while the other workers of `make test` have nothing to do.
    items.sort(key=lambda item: item.get_closest_marker(_LONG) is None)
