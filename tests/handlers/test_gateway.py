"""API Gateway's events and answers."""

import base64
import json
from decimal import Decimal

import pytest

from handlers import gateway
from handlers.aws.retrying import Retrying
from handlers.contract import MAXIMUM_BODY_BYTES
from handlers.domain.problems import ProblemError
from tests.handlers.fakes import Context
from tests.handlers.moto_pipeline import event


def test_a_real_event_is_read() -> None:
    asked = event("ingest")

    assert gateway.json_body(asked) == {"device_id": "test-device-001", "sensor_data": {"temp": Decimal("25.5")}}
    assert gateway.request_id(asked) == "7b8c1a52-6f0e-4f3d-9d3a-0c5b1e2f4a6d"
    assert gateway.header(asked, "CONTENT-TYPE") == "application/json"
    assert gateway.header(asked, "X-Api-Key") is None
    assert gateway.query_parameters(event("query")) == {"device_id": "test-device-001"}


def test_an_event_may_lack_almost_everything() -> None:
    assert gateway.request_id({}) == "none"
    assert gateway.header({"headers": None}, "X-Api-Key") is None
    assert gateway.query_parameters({"queryStringParameters": None}) == {}


@pytest.mark.parametrize("coding", ["gzip", "GZIP", " deflate", "identity", ""])
def test_a_body_that_the_gateway_decoded_keeps_its_header(coding: str) -> None:
    assert gateway.json_body({"body": "{}", "headers": {"content-encoding": coding}}) == {}


@pytest.mark.parametrize("coding", ["br", "x-gzip", "gzip, gzip", "gzip, br", "*"])
def test_a_content_coding_that_the_gateway_does_not_decode_is_refused(coding: str) -> None:
    with pytest.raises(ProblemError) as raised:
        gateway.json_body({"body": "{}", "headers": {"Content-Encoding": coding}})

    assert raised.value.status == 415
    assert raised.value.headers == {"Accept-Encoding": "gzip, deflate, identity"}
    (fault,) = raised.value.faults
    assert fault.detail == f'Content-Encoding must be one of gzip, deflate, identity; it is "{coding}"'


def test_a_body_may_come_in_base64() -> None:
    body = base64.b64encode('{"ä":1}'.encode()).decode()

    assert gateway.json_body({"body": body, "isBase64Encoded": True}) == {"ä": 1}


@pytest.mark.parametrize(
    "asked",
    [
        {"body": None},
        {"body": ""},
        {"body": "{"},
        {"body": '"\ud800"'},
        {"body": "!", "isBase64Encoded": True},
        {"body": "ä", "isBase64Encoded": True},
        {"body": base64.b64encode(b"\xff").decode(), "isBase64Encoded": True},
    ],
)
def test_another_body_is_refused(asked: gateway.Event) -> None:
    with pytest.raises(ProblemError) as raised:
        gateway.json_body(asked)

    assert raised.value.status == 400
    assert raised.value.faults[0].pointer == "#"


@pytest.mark.parametrize(
    "asked",
    [
        {"body": '"' + "x" * MAXIMUM_BODY_BYTES + '"'},
        {"body": '"' + "€" * (MAXIMUM_BODY_BYTES // 3) + '"'},
        {"body": "x" * 6_000_000},
        {"body": base64.b64encode(b"x" * (MAXIMUM_BODY_BYTES + 1)).decode(), "isBase64Encoded": True},
    ],
)
def test_a_large_body_is_refused_as_such(asked: gateway.Event) -> None:
    with pytest.raises(ProblemError) as raised:
        gateway.json_body(asked)

    assert raised.value.status == 413
    (fault,) = raised.value.faults
    assert (fault.pointer, fault.detail) == ("#", "must have at most 1048576 bytes")


def test_the_largest_body_is_read() -> None:
    text = "x" * (MAXIMUM_BODY_BYTES - 2)

    assert gateway.json_body({"body": f'"{text}"'}) == text


def test_a_parameter_is_given_once() -> None:
    asked = {"multiValueQueryStringParameters": {"device_id": ["a", "b"]}, "queryStringParameters": {"device_id": "b"}}

    with pytest.raises(ProblemError) as raised:
        gateway.query_parameters(asked)

    assert [fault.pointer for fault in raised.value.faults] == ["#/device_id"]


def test_a_repeated_parameter_with_a_long_name_is_not_echoed() -> None:
    with pytest.raises(ProblemError) as raised:
        gateway.query_parameters({"multiValueQueryStringParameters": {"x" * 5_000: ["a", "b"]}})

    (fault,) = raised.value.faults
    assert fault.pointer == "#"
    assert fault.detail.endswith('x...": must be given once')
    assert len(fault.detail) < 200


def test_an_answer_is_json_with_its_decimals() -> None:
    answer = gateway.answer({"value": Decimal("0.10")})

    assert answer == {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": '{"value":0.10}',
        "isBase64Encoded": False,
    }


def test_a_problem_is_an_answer_of_its_own_type() -> None:
    def refuse(event: gateway.Event, _: Retrying) -> gateway.Answer:
        return gateway.answer(gateway.json_body(event))

    answer = gateway.answered(refuse, {}, Context(), reserved_seconds=1)

    assert answer["headers"] == {"Content-Type": "application/problem+json"}
    assert json.loads(str(answer["body"]))["errors"] == [{"pointer": "#", "detail": "the body is missing"}]
