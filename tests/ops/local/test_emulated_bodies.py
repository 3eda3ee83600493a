"""The emulated API Gateway decompresses, compresses and refuses bodies as AWS does."""

import asyncio
import gzip
import json
import zlib
from types import SimpleNamespace
from typing import Any

import pytest

from ops.local.emulator.body_validation import render_error, validate
from ops.local.emulator.compression import MAXIMUM_BYTES, describe_api, translate_codings

BODY = b'{"device_id": "d"}'


def carried_out(
    body: bytes, headers: dict[str, str], answer: Any = (200, {}, b"answer"), minimum: int | None = 0
) -> tuple[Any, list[bytes]]:
    """The API's answer, and the bodies that the gateway passed on."""
    passed: list[bytes] = []

    async def execute(*request: Any) -> Any:
        passed.append(request[6])
        return answer

    gateway: Any = SimpleNamespace(
        _stages_v1={"api": {"dev": {}}},
        _rest_apis={"api": {"minimumCompressionSize": minimum}},
        _gw_error=lambda kind, _: kind,
    )
    request: Any = ({}, "api", "dev", "POST", "/ingest", headers, body, {}, "account", "region")
    return asyncio.run(translate_codings(execute, gateway, *request)), passed


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(BODY, mtime=0)),
        ("GZIP", gzip.compress(BODY[:5], mtime=0) + gzip.compress(BODY[5:], mtime=0)),
        ("deflate", zlib.compress(BODY)),
        ("identity", BODY),
    ],
)
def test_a_body_is_decompressed_by_its_content_coding(coding: str, body: bytes) -> None:
    assert carried_out(body, {"content-encoding": coding})[1] == [BODY]


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", BODY),
        ("gzip", gzip.compress(BODY, mtime=0)[:-1]),
        ("gzip", zlib.compress(BODY)),
        ("deflate", BODY),
        ("deflate", zlib.compress(BODY)[:-1]),
        ("br", BODY),
        ("gzip, gzip", gzip.compress(gzip.compress(BODY, mtime=0), mtime=0)),
    ],
)
def test_another_coding_or_a_body_not_encoded_so_is_refused(coding: str, body: bytes) -> None:
    assert carried_out(body, {"content-encoding": coding}) == ("UNSUPPORTED_MEDIA_TYPE", [])


@pytest.mark.parametrize(("coding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_no_body_is_decompressed_beyond_the_limit_of_a_payload(coding: str, compress: Any) -> None:
    assert carried_out(compress(bytes(MAXIMUM_BYTES)), {"content-encoding": coding})[1] == [bytes(MAXIMUM_BYTES)]
    assert carried_out(compress(bytes(20 * MAXIMUM_BYTES)), {"content-encoding": coding}) == ("REQUEST_TOO_LARGE", [])


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br", "gzip"),
        ("deflate", "deflate"),
        ("br, gzip", None),
        ("gzip;q=0", None),
        ("identity", None),
        ("*", None),
        ("", None),
    ],
)
def test_an_answer_is_compressed_where_the_client_prefers_it(accepted: str, coding: str | None) -> None:
    (_, headers, body), _ = carried_out(b"", {"accept-encoding": accepted})

    assert headers.get("Content-Encoding") == coding
    decoders: dict[str | None, Any] = {"gzip": gzip.decompress, "deflate": zlib.decompress, None: bytes}
    assert decoders[coding](body) == b"answer"


@pytest.mark.parametrize(
    ("answer", "minimum"),
    [
        ((200, {}, b"answer"), None),
        ((200, {}, b"answer"), 7),
        ((200, {"content-encoding": "br"}, b"answer"), 0),
        ("an error of the gateway", 0),
    ],
)
def test_another_answer_is_left_as_it_is(answer: Any, minimum: int | None) -> None:
    assert carried_out(b"", {"accept-encoding": "gzip"}, answer, minimum)[0] == answer


def test_a_stage_that_does_not_exist_is_left_to_ministack() -> None:
    async def execute(*_: Any) -> Any:
        return "no such stage"

    gateway: Any = SimpleNamespace(_stages_v1={}, _rest_apis={})

    assert asyncio.run(translate_codings(execute, gateway, {}, "api", "dev", "POST", "/", {}, b"")) == "no such stage"


def test_an_updated_size_is_a_number_again() -> None:
    def described(api: Any) -> Any:
        view: Any = dict
        return describe_api(view, api)

    assert described({"minimumCompressionSize": "0"}) == {"minimumCompressionSize": 0}
    assert described({"minimumCompressionSize": ""}) == {"minimumCompressionSize": None}
    assert described({"name": "a"}) == {"name": "a", "minimumCompressionSize": None}
    assert described({}) == {}


METHOD = {"requestModels": {"application/json": "IngestRequest"}, "requestValidatorId": "v"}


def refusal(body: bytes, media_type: str = "application/json") -> dict[str, Any] | None:
    """The answer to the caller, or None where the validator accepts the body."""

    def check(method: dict[str, Any], *_: Any) -> Any:
        return SimpleNamespace(response_type="BAD_REQUEST_BODY") if method["requestModels"] else None

    error = validate(check, METHOD, "api", {}, {"content-type": media_type}, body, {})
    template = b'{"detail": "$context.error.validationErrorString"}'
    answered: dict[str, Any] = json.loads(render_error(lambda *_: (400, {}, template), error, {})[2])
    return answered if error else None


@pytest.mark.parametrize("body", [b'{"temp": nan}', b'{"a": 1,}', b"", b"\xff", b"[" * 100_000])
def test_text_that_is_not_json_is_named_so(body: bytes) -> None:
    assert refusal(body) == {"detail": "[Unknown error parsing request body]"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[]", "array"),
        (b'"x"', "string"),
        (b"1", "integer"),
        (b"1.5", "number"),
        (b"true", "boolean"),
        (b"null", "null"),
    ],
)
def test_json_that_is_no_object_is_named_by_its_type(body: bytes, kind: str) -> None:
    assert refusal(body) == {
        "detail": f'[instance type ({kind}) does not match any allowed primitive type (allowed: ["object"])]'
    }


def test_a_body_of_another_content_type_is_not_validated() -> None:
    assert refusal(b"[]", "application/json; charset=utf-8")
    assert refusal(b"[]", "text/plain") is None


def test_an_error_that_is_not_about_the_body_has_nothing_to_add() -> None:
    error = SimpleNamespace(response_type="BAD_REQUEST_PARAMETERS")

    assert validate(lambda *_: error, METHOD, "api", {}, {}, b"", {}) is error
    assert not hasattr(error, "found")
