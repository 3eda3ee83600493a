"""Tokens by which a caller asks for the next page.

A token holds how far the last page came, and a digest that binds this to the request: with another device, other bounds
or a changed position it is not taken. It grants nothing, because what is read is decided by the request itself.
"""

import base64
import hashlib
import json
from typing import Final

_DIGEST_CHARACTERS: Final = 32
_LONGEST_TOKEN: Final = 128

Scope = tuple[str | int, ...]
"""Everything that two requests have in common but for the page."""


def token(scope: Scope, position: int) -> str:
    """Return the token for what comes after a position, epoch milliseconds."""
    digest = hashlib.sha256(json.dumps([*scope, position]).encode()).hexdigest()[:_DIGEST_CHARACTERS]
    return base64.urlsafe_b64encode(f"{position}.{digest}".encode()).decode().rstrip("=")


def position_of(sent: str, scope: Scope) -> int:
    """Return the position that a token holds.

    Raises:
        ValueError: it is no token of this scope.
    """
    if len(sent) > _LONGEST_TOKEN:
        raise ValueError("too long")
    text = base64.urlsafe_b64decode(sent + "=" * (-len(sent) % 4)).decode("ascii")
    position = int(text.partition(".")[0])
    if token(scope, position) != sent:
        raise ValueError("of another request")
    return position
