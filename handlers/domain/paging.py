"""Which items a page holds: a stretch of event time, and how far earlier pages came."""

from collections.abc import Callable
from decimal import Decimal

import msgspec

from handlers.contract import MAXIMUM_PAGE_LIMIT, MAXIMUM_TIMESTAMP
from handlers.domain.continuation import Scope, position_of, token
from handlers.domain.decimals import is_integer
from handlers.domain.fields import Fields


class Window(msgspec.Struct, frozen=True):
    """From `first` to `last`, both included, epoch milliseconds; empty where `last` comes before `first`."""

    first: int = 0
    last: int = MAXIMUM_TIMESTAMP

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing can lie in it."""
        return self.last < self.first


class Paging(msgspec.Struct, frozen=True):
    """A request for pages.

    Attributes:
        scope: what binds the continuation tokens to the request, the window aside.
        window: the whole stretch asked for.
        limit: the most items of one page.
        is_descending: from the latest to the earliest.
    """

    scope: Scope
    window: Window
    limit: int
    is_descending: bool = False

    def rest(self, next_token: object) -> Window:
        """Return what is left of the window after the page that gave a token.

        Raises:
            ValueError: the token is not of this request, or its position lies outside the window: its digest holds no
                secret, so that a caller can make one.
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
    """Return the number of items that one page may hold.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, Decimal) and is_integer(value) and 1 <= value <= MAXIMUM_PAGE_LIMIT:
        return int(value)
    raise ValueError(f"must be an integer from 1 to {MAXIMUM_PAGE_LIMIT}")
