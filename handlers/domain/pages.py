"""Pages of items in a range of event time, and the tokens by which a caller asks for the next page.

A token contains the position where the last page ended, and a digest that binds the position to the request: it is
refused for another device, for another range, or with a changed position. It grants no access: the request itself
decides what is read.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

import msgspec

from handlers.contract import MAXIMUM_PAGE_LIMIT, MAXIMUM_TIMESTAMP
from handlers.domain.decimals import is_integer
from handlers.domain.documents import encode
from handlers.domain.fields import Fields

MAXIMUM_BYTES: Final = 5_500_000
"""Of a page's items. Lambda's answer may have 6 MB, including the escapes of the JSON text within the JSON answer:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""
_DIGEST_CHARACTERS: Final = 32
_LONGEST_TOKEN: Final = 128

Scope = tuple[str | int, ...]
"""Everything that the requests for the pages of one range have in common."""


def token(scope: Scope, position: int) -> str:
    """Return the token for the items after a position, epoch milliseconds."""
    digest = hashlib.sha256(json.dumps([*scope, position]).encode()).hexdigest()[:_DIGEST_CHARACTERS]
    return base64.urlsafe_b64encode(f"{position}.{digest}".encode()).decode().rstrip("=")


def position_of(sent: str, scope: Scope) -> int:
    """Return the position that a token contains.

    Raises:
        ValueError: it is not a token of this scope.
    """
    if len(sent) > _LONGEST_TOKEN:
        raise ValueError("too long")
    text = base64.urlsafe_b64decode(sent + "=" * (-len(sent) % 4)).decode("ascii")
    position = int(text.partition(".")[0])
    if token(scope, position) != sent:
        raise ValueError("of another request")
    return position


class Window(msgspec.Struct, frozen=True):
    """From `first` to `last`, both included, epoch milliseconds; empty where `last` comes before `first`."""

    first: int = 0
    last: int = MAXIMUM_TIMESTAMP

    @property
    def is_empty(self) -> bool:
        """Whether it contains no time."""
        return self.last < self.first


class Paging(msgspec.Struct, frozen=True):
    """A request for pages.

    Attributes:
        scope: what binds the tokens to the request, without the window.
        window: the whole range of the request.
        limit: the maximum number of items on one page.
        is_descending: from the latest to the earliest.
    """

    scope: Scope
    window: Window
    limit: int
    is_descending: bool = False

    def rest(self, next_token: object) -> Window:
        """Return the rest of the window after the page that ended with a token.

        Raises:
            ValueError: the token is not of this request, or its position lies outside the window: the digest contains
                no secret, so that a caller can make a token.
        """
        try:
            position = position_of(str(next_token), self._token_scope)
        except ValueError:
            position = -1
        if not self.window.first <= position <= self.window.last:
            raise ValueError("must be the next_token that the same request was answered with")
        if self.is_descending:
            return Window(self.window.first, position - 1)
        return Window(position + 1, self.window.last)

    def next_token(self, position: int) -> str:
        """Return the token for the page after an item's timestamp."""
        return token(self._token_scope, position)

    @property
    def _token_scope(self) -> Scope:
        return (*self.scope, self.window.first, self.window.last, self.is_descending)


def read_window(fields: Fields, read_moment: Callable[[object], int]) -> Window:
    """Read the fields `start` and `end`, both included and both optional."""
    window = Window(fields.optional("start", read_moment, 0), fields.optional("end", read_moment, MAXIMUM_TIMESTAMP))
    if window.is_empty:
        fields.refuse("end", "must not be before start")
    return window


def page_limit(value: object) -> int:
    """Return the maximum number of items on one page.

    Raises:
        ValueError: it is not an integer within the bounds.
    """
    if isinstance(value, Decimal) and is_integer(value) and 1 <= value <= MAXIMUM_PAGE_LIMIT:
        return int(value)
    raise ValueError(f"must be an integer from 1 to {MAXIMUM_PAGE_LIMIT}")


def items_page(items: Iterable[dict[str, Any]], paging: Paging) -> dict[str, object]:
    """Return a page: as many items as its limit and the size of an answer allow.

    Args:
        items: in order; one more than the limit shows that there are more.
        paging: of the request.

    Returns:
        `count`, `items` and `next_token`, which is None on the last page.
    """
    kept: list[msgspec.Raw] = []
    size = last_timestamp = 0
    for item in items:
        text = encode(item)
        size += len(json.dumps(text))
        if len(kept) == paging.limit or (kept and size > MAXIMUM_BYTES):
            return {"count": len(kept), "items": kept, "next_token": paging.next_token(last_timestamp)}
        kept.append(msgspec.Raw(text.encode()))
        last_timestamp = int(item["timestamp"])
    return {"count": len(kept), "items": kept, "next_token": None}
