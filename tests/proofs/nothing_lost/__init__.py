"""Nothing acknowledged is lost or stored twice, whatever fails."""

import pytest

pytest.register_assert_rewrite(f"{__name__}.scenario")
