"""Continuation tokens."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from handlers.contract import MAXIMUM_TIMESTAMP
from handlers.domain.pages import position_of, token

POSITIONS = st.integers(min_value=0, max_value=MAXIMUM_TIMESTAMP)
SCOPE = ("query", "device", "processed", 0, MAXIMUM_TIMESTAMP, True)


@given(POSITIONS)
def test_a_token_gives_its_position_back(position: int) -> None:
    assert position_of(token(SCOPE, position), SCOPE) == position


@given(POSITIONS, st.sampled_from(range(len(SCOPE))))
def test_a_token_is_of_one_request(position: int, changed: int) -> None:
    other = (*SCOPE[:changed], "other", *SCOPE[changed + 1 :])

    with pytest.raises(ValueError, match="another request"):
        position_of(token(SCOPE, position), other)


@given(POSITIONS, st.integers(min_value=0), st.characters())
def test_a_changed_token_is_refused(position: int, place: int, character: str) -> None:
    good = token(SCOPE, position)
    place %= len(good)
    assume(good[place] != character)

    with pytest.raises(ValueError, match=r".+"):
        position_of(good[:place] + character + good[place + 1 :], SCOPE)


@given(st.text(st.characters(), max_size=140))
@example("A" * 129)
def test_no_text_is_a_token_by_chance(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        position_of(text, SCOPE)
