"""IAM authentication: only a signed request of a user who may call the route is accepted."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from botocore.auth import SigV4Auth
from botocore.exceptions import ClientError

from ops.aws.api_client import Answer, ApiClient
from ops.operate.callers import Operator
from tests.proofs.integrations.conftest import Callers
from tests.proofs.integrations.lookups import raw_readings
from tests.support.proving import Figures

pytestmark = [pytest.mark.timeout(900), pytest.mark.pipeline, pytest.mark.proof("integrations")]
MISMATCH = "The request signature we calculated does not match the signature you provided"
NOT_AUTHORIZED = "is not authorized to perform: execute-api:Invoke"


@pytest.fixture
def refused(figures: Figures, operator: Operator, device: str) -> Iterator["RefusalChecker"]:
    yield RefusalChecker(figures, device)
    assert raw_readings(operator, device) == []


class RefusalChecker:
    """Checks that requests are refused, each for the right reason.

    Args:
        figures: Counts each refusal.
        device: The device of which nothing may be stored.
    """

    def __init__(self, figures: Figures, device: str) -> None:
        self.figures = figures
        self.device = device
        self.reading = {"device_id": device, "sensor_data": {"temp": 25.5}}

    def check(self, answer: Answer, error_type: str, words: str) -> None:
        """Assert that a request was refused for this reason."""
        assert (answer.status, answer.headers.get("x-amzn-errortype")) == (403, error_type), answer
        assert words.lower() in answer.text.lower()
        assert answer.headers["content-type"].startswith("application/")
        self.figures.count("requests refused, each for the right reason")


def test_a_signed_request_is_accepted(caller: ApiClient, device: str, figures: Figures) -> None:
    for answer in (
        caller.post("/ingest", {"device_id": device, "sensor_data": {"temp": 25.5}}),
        caller.post("/process", {"device_id": device}),
        caller.get("/query", {"device_id": device}),
    ):
        assert answer.status == 200, answer
        figures.count("signed requests accepted")


def test_an_unsigned_request_is_refused(caller: ApiClient, refused: RefusalChecker) -> None:
    answer = caller.deliver(caller.prepare_post("/ingest", refused.reading))

    refused.check(answer, "MissingAuthenticationTokenException", "Missing Authentication Token")
    assert answer.document()["detail"] == "Missing Authentication Token"


def test_a_wrong_secret_is_refused(caller: ApiClient, refused: RefusalChecker) -> None:
    assert caller.access.keys is not None
    keys = replace(caller.access.keys, secret_access_key="guessed")
    forger = replace(caller, access=replace(caller.access, keys=keys))

    refused.check(forger.post("/ingest", refused.reading), "InvalidSignatureException", MISMATCH)


def test_an_unknown_key_is_refused(caller: ApiClient, refused: RefusalChecker) -> None:
    assert caller.access.keys is not None
    keys = replace(caller.access.keys, access_key_id="AKIAIOSFODNN7EXAMPLE")
    forger = replace(caller, access=replace(caller.access, keys=keys))

    answer = forger.post("/ingest", refused.reading)

    refused.check(answer, "UnrecognizedClientException", "The security token included in the request is invalid")


def test_a_body_changed_on_the_way_is_refused(caller: ApiClient, refused: RefusalChecker) -> None:
    request = caller.sign(caller.prepare_post("/ingest", refused.reading)).prepare()
    assert isinstance(request.body, bytes)
    assert b"25.5" in request.body
    request.body = request.body.replace(b"25.5", b"99.9")

    refused.check(caller.deliver(request), "InvalidSignatureException", MISMATCH)


def test_a_query_changed_on_the_way_is_refused(caller: ApiClient, refused: RefusalChecker) -> None:
    request = caller.sign(caller.prepare_get("/query", {"device_id": "mine"})).prepare()
    assert "mine" in request.url
    request.url = request.url.replace("mine", "yours")

    refused.check(caller.deliver(request), "InvalidSignatureException", MISMATCH)


@pytest.mark.parametrize(
    ("service", "region", "words"),
    [
        ("execute-api", "another-region-1", "Credential should be scoped to a valid region"),
        ("sqs", None, "Credential should be scoped to correct service: 'execute-api'"),
    ],
)
def test_a_signature_for_something_else_is_refused(
    caller: ApiClient, refused: RefusalChecker, service: str, region: str | None, words: str
) -> None:
    request = caller.prepare_post("/ingest", refused.reading)
    credentials = caller.access.session().get_credentials()
    assert credentials is not None
    SigV4Auth(credentials, service, region or caller.access.region).add_auth(request)

    refused.check(caller.deliver(request), "InvalidSignatureException", words)


@pytest.mark.parametrize(
    ("minutes", "words"), [(-30, "Signature expired: "), (30, "Signature not yet current: ")], ids=["expired", "early"]
)
def test_a_signature_of_another_time_is_refused(
    caller: ApiClient, refused: RefusalChecker, minutes: int, words: str
) -> None:
    with clock_moved(minutes):
        request = caller.sign(caller.prepare_post("/ingest", refused.reading))

    refused.check(caller.deliver(request), "InvalidSignatureException", words)


@contextmanager
def clock_moved(minutes: int) -> Iterator[None]:
    """Move the clock that signatures are made with, until the block ends."""
    moved = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.auth.get_current_datetime", lambda: moved)
        yield


@pytest.mark.parametrize("path", ["/ingest", "/process", "/query"])
def test_a_user_without_the_permission_is_refused(callers: Callers, refused: RefusalChecker, path: str) -> None:
    answer = call(callers.stranger, path, refused)

    refused.check(answer, "AccessDeniedException", NOT_AUTHORIZED)


@pytest.mark.parametrize("path", ["/process", "/query"])
def test_a_user_of_one_route_may_call_no_other(callers: Callers, refused: RefusalChecker, path: str) -> None:
    answer = call(callers.ingester, path, refused)

    refused.check(answer, "AccessDeniedException", NOT_AUTHORIZED)


def test_a_user_of_one_route_may_call_it(callers: Callers, device: str, figures: Figures) -> None:
    answer = callers.ingester.post("/ingest", {"device_id": device, "sensor_data": {"temp": 25.5}})

    assert answer.status == 200, answer
    figures.count("signed requests accepted")


def test_a_caller_of_the_api_may_call_nothing_else_of_aws(callers: Callers, figures: Figures) -> None:
    access = callers.caller.access
    for call_aws in (access.sqs().list_queues, access.dynamodb().list_tables, access.functions().list_functions):
        with pytest.raises(ClientError, match="AccessDenied"):
            call_aws()
        figures.count("calls of other AWS services refused")


def call(client: ApiClient, path: str, refused: RefusalChecker) -> Answer:
    """Call a route with its method."""
    if path == "/query":
        return client.get(path, {"device_id": refused.device})
    return client.post(path, refused.reading)
