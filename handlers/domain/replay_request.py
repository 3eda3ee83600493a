"""The body of `POST /process`."""

from typing import Final

import msgspec

from handlers.contract import DEFAULT_PAGE_LIMIT
from handlers.domain.fields import Fields
from handlers.domain.pages import Paging, Window, page_limit, read_window
from handlers.domain.problems import Fault, FaultsError
from handlers.domain.validation import device_name, event_time

MEMBERS: Final = ("device_id", "start", "end", "limit", "next_token")


class ReplayRequest(msgspec.Struct, frozen=True):
    """A valid request.

    Attributes:
        paging: the whole request.
        window: the rest of it after the pages before.
    """

    device_id: str
    paging: Paging
    window: Window


def read_replay(document: object) -> ReplayRequest:
    """Check what was posted.

    Args:
        document: the parsed body, every number a `Decimal`.

    Raises:
        FaultsError: with everything that is wrong.
    """
    if not isinstance(document, dict):
        raise FaultsError([Fault("#", "must be an object")])
    if document.get("next_token") is None:  # null: the answer to the last page
        document = {name: value for name, value in document.items() if name != "next_token"}
    fields = Fields(document, MEMBERS)
    device_id = fields.required("device_id", device_name, "")
    limit = fields.optional("limit", page_limit, DEFAULT_PAGE_LIMIT)
    paging = Paging(("process", device_id), read_window(fields, event_time), limit)
    window = fields.optional("next_token", paging.rest, paging.window)
    fields.check()
    return ReplayRequest(device_id, paging, window)
