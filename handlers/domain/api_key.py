"""The optional second factor of `POST /ingest`: the header X-Api-Key."""

import hmac
from http import HTTPStatus
from typing import Final

from handlers.domain.problems import ProblemError

HEADER: Final = "X-Api-Key"


def check_api_key(sent: str | None, expected: str) -> None:
    """Compare what was sent with the key, in constant time.

    Raises:
        ProblemError: 401 where nothing was sent, 403 where it is another key.
    """
    if sent is None:
        raise ProblemError(
            HTTPStatus.UNAUTHORIZED, f"The header {HEADER} is missing.", headers={"WWW-Authenticate": "ApiKey"}
        )
    if not hmac.compare_digest(_bytes(sent), _bytes(expected)):
        raise ProblemError(HTTPStatus.FORBIDDEN, f"The header {HEADER} holds another key.")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
