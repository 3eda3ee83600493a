"""The answer to a query: as many items as were asked for, and as fit."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from handlers.domain.documents import encode

MAXIMUM_BYTES: Final = 5_500_000
"""Of the items. Lambda's answer may have 6 MB, the escapes of the JSON text within the JSON answer included:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""

Item = dict[str, Any]


def query_answer(items: Iterable[Item], limit: int, next_token: Callable[[Item], str]) -> dict[str, object]:
    """Return the answer.

    Args:
        items: in order; one more than `limit` tells that there are more.
        limit: the most items.
        next_token: makes the token for what comes after an item.

    Returns:
        `count`, `items` and `next_token`; the last is absent (`null`) where nothing is left.
    """
    kept: list[msgspec.Raw] = []
    size = 0
    last: Item = {}
    for item in items:
        text = encode(item)
        size += len(json.dumps(text))
        if len(kept) == limit or (kept and size > MAXIMUM_BYTES):
            return {"count": len(kept), "items": kept, "next_token": next_token(last)}
        kept.append(msgspec.Raw(text.encode()))
        last = item
    return {"count": len(kept), "items": kept, "next_token": None}
