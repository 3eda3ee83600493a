"""What a replay asks for."""

from decimal import Decimal

import pytest

from handlers.contract import MAXIMUM_TIMESTAMP
from handlers.domain.pages import Window
from handlers.domain.problems import FaultsError
from handlers.domain.query_request import read_query
from handlers.domain.replay_request import read_replay


def test_a_device_is_enough() -> None:
    request = read_replay({"device_id": "d"})

    assert request.window == Window(0, MAXIMUM_TIMESTAMP)
    assert (request.paging.limit, request.paging.is_descending) == (100, False)


def test_every_member_counts() -> None:
    document: dict[str, object] = {
        "device_id": "d",
        "start": Decimal(5),
        "end": "1970-01-01T00:00:01Z",
        "limit": Decimal(7),
    }
    token = read_replay(document).paging.next_token(600)

    request = read_replay({**document, "next_token": token})

    assert request.window == Window(601, 1000)
    assert request.paging.limit == 7


@pytest.mark.parametrize("limit", ["7", "7.0", "70e-1"])
def test_an_integer_is_one_however_it_is_written(limit: str) -> None:
    assert read_replay({"device_id": "d", "limit": Decimal(limit)}).paging.limit == 7


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        (None, ["#"]),
        ([], ["#"]),
        ({}, ["#/device_id"]),
        ({"device_id": "d", "limit": Decimal("1.5")}, ["#/limit"]),
        ({"device_id": "d", "limit": "1"}, ["#/limit"]),
        ({"device_id": "d", "limit": Decimal("NaN")}, ["#/limit"]),
        ({"device_id": "d", "start": "5"}, ["#/start"]),
        ({"device_id": "d", "start": Decimal(2), "end": Decimal(1)}, ["#/end"]),
        ({"device_id": "d", "next_token": {}}, ["#/next_token"]),
        ({"device_id": "?", "limit": None, "more": None}, ["#/more", "#/device_id", "#/limit"]),
    ],
)
def test_another_document_is_refused(document: object, pointers: list[str]) -> None:
    with pytest.raises(FaultsError) as raised:
        read_replay(document)

    assert [fault.pointer for fault in raised.value.faults] == pointers


def test_a_querys_token_is_not_for_a_replay() -> None:
    token = read_query({"device_id": "d", "order": "asc"}).paging.next_token(5)

    with pytest.raises(FaultsError):
        read_replay({"device_id": "d", "next_token": token})


def test_the_token_of_a_last_page_may_be_sent_back() -> None:
    assert read_replay({"device_id": "d", "next_token": None}) == read_replay({"device_id": "d"})
