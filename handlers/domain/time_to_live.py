"""When items expire."""

from typing import Final

_MILLISECONDS_A_SECOND: Final = 1_000
_SECONDS_A_DAY: Final = 86_400


def expires_at(since: int, days: int) -> int:
    """Return the value of `contract.TTL_ATTRIBUTE`.

    Args:
        since: epoch milliseconds from which the days count.
        days: how long the item lives.

    Returns:
        Epoch seconds, as DynamoDB's time to live takes them.
    """
    return since // _MILLISECONDS_A_SECOND + days * _SECONDS_A_DAY
