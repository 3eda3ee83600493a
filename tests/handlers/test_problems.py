"""Problem details."""

from http import HTTPStatus

import pytest

from handlers.domain.problems import Fault, ProblemError, bad_request, member, unavailable


@pytest.mark.parametrize(
    ("name", "pointer"),
    [
        ("temp", "#/temp"),
        (3, "#/3"),
        ("a/b", "#/a~1b"),
        ("a~b", "#/a~0b"),
        ("a b", "#/a%20b"),
        ("ä", "#/%C3%A4"),
        ("\ud800", "#/%ED%A0%80"),
    ],
)
def test_a_pointer_is_a_uri_fragment(name: str | int, pointer: str) -> None:
    assert member("#", name) == pointer


def test_a_bad_request_lists_its_faults() -> None:
    assert bad_request([Fault("#/a", "is missing")]).document() == {
        "title": "Bad Request",
        "status": 400,
        "detail": "The request does not meet the contract.",
        "errors": [{"pointer": "#/a", "detail": "is missing"}],
    }


def test_the_faults_of_one_answer_are_bounded() -> None:
    faults = [Fault(f"#/{number}", "is wrong") for number in range(1001)]

    errors = bad_request(faults).document()["errors"]

    assert isinstance(errors, list)
    assert len(errors) == 1001
    assert errors[-1] == {"pointer": "#", "detail": "and 1 more faults"}


def test_extensions_are_members_of_the_problem() -> None:
    problem = ProblemError(HTTPStatus.CONFLICT, "detail", extensions={"accepted": 0})

    assert problem.document() == {"title": "Conflict", "status": 409, "detail": "detail", "accepted": 0}


def test_a_503_has_the_header_retry_after() -> None:
    assert unavailable().headers == {"Retry-After": "2"}
