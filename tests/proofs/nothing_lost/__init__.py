"""Nothing acknowledged is lost, and nothing is there twice, whatever breaks in between."""

import pytest

pytest.register_assert_rewrite(f"{__name__}.surroundings")
