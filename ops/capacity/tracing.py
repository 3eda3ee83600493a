"""X-Ray's default sampling rule."""

from typing import Final

RESERVOIR: Final = 1.0
RATE: Final = 0.05
"""The first request each second and 5 % of the others:
https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html."""


def traces(requests: float) -> float:
    """Traces recorded a second."""
    return min(requests, RESERVOIR) + RATE * max(0.0, requests - RESERVOIR)
