"""How many examples a test tries: few and repeatable in `make test`, many and random in `make prove`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

_HEALTH: Final = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


@dataclass(frozen=True)
class Effort:
    """How many examples a test tries.

    Attributes:
        share: The share of the examples of a long run.
        is_repeatable: Whether each run tries the same examples.
    """

    share: float
    is_repeatable: bool

    def bound(self, many: int) -> settings:
        """Hypothesis' settings: `many` examples in a long run, and at least one in a short one."""
        return settings(
            max_examples=max(1, round(many * self.share)),
            derandomize=self.is_repeatable,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            suppress_health_check=_HEALTH,
            print_blob=True,
        )

    def explore(self, many: int, strategy: st.SearchStrategy[Any], check: Callable[[Any], None]) -> None:
        """Call a check with examples of a strategy; one that fails is shrunk and reported."""

        @self.bound(many)
        @given(strategy)
        def examples(example: Any) -> None:
            check(example)

        examples()


EFFORTS: Final = [
    pytest.param(Effort(0.03, is_repeatable=True), id="few"),
    pytest.param(Effort(1, is_repeatable=False), id="many", marks=pytest.mark.slow),
]
