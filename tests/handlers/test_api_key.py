"""The second factor."""

import pytest

from handlers.domain.api_key import check_api_key
from handlers.domain.problems import ProblemError


@pytest.mark.parametrize(("sent", "status"), [(None, 401), ("", 403), ("kez", 403), ("key ", 403), ("\ud800", 403)])
def test_another_key_is_refused(sent: str | None, status: int) -> None:
    with pytest.raises(ProblemError) as raised:
        check_api_key(sent, "key")

    assert raised.value.status == status
    assert "kez" not in str(raised.value.document())


def test_the_key_passes() -> None:
    check_api_key("k€y", "k€y")
