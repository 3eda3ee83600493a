"""The running API, sent requests that its OpenAPI document allows, and requests that it does not allow."""

import json
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ops.aws.api_client import Answer, ApiClient
from ops.local.pipeline import Pipeline
from ops.project.paths import ROOT
from tests.proofs.fuzz.effort import EFFORTS, Effort
from tests.proofs.fuzz.marked_devices import MarkedDevices
from tests.proofs.fuzz.signed_requests import INGEST, PROCESS, QUERY, ApiCaller, checked_document, query_string
from tests.support.proving import Figures

pytestmark = [pytest.mark.proof("bad inputs"), pytest.mark.timeout(1800)]

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
Case = schemathesis.Case[Any]
ALLOWED: Final = {"/ingest": INGEST, "/process": PROCESS, "/query": QUERY}
HEADERS_OF_CASES: Final = ("Content-Type", "X-Api-Key")
MODES: Final = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


def operation(path: str) -> Any:
    """An operation of the published contract, without its security scheme, which is not tested here."""
    document = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))
    del document["security"]
    schema = schemathesis.openapi.from_dict(document)
    (found,) = [operation for operation in map(_sound, schema.get_all_operations()) if operation.path == path]
    return found


def _sound(result: Any) -> Any:
    """An operation; schemathesis raises where it cannot read it."""
    return result.ok()


def sent(api: ApiCaller, case: Case) -> tuple[requests.PreparedRequest, Answer]:
    """Send a case as schemathesis would, but signed."""
    given = case.as_transport_kwargs(base_url=api.client.address)
    headers = {name: given["headers"][name] for name in HEADERS_OF_CASES if name in given["headers"]}
    prepared = requests.Request(**given | {"headers": headers}).prepare()
    pairs = parse_qsl(urlsplit(str(prepared.url)).query, keep_blank_values=True, encoding="latin-1")
    query = query_string((name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs)
    body: Any = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    media_type = {name: str(value) for name, value in prepared.headers.items() if name in HEADERS_OF_CASES}
    return prepared, api.send(case.method, case.path, body, headers | media_type, query)


def conform(case: Case, prepared: requests.PreparedRequest, answer: Answer) -> None:
    """Check an answer against the contract."""
    headers = {name: [value] for name, value in answer.headers.items()}
    response = schemathesis.Response(
        answer.status, headers, answer.text.encode(), prepared, elapsed=0, verify=True, encoding="utf-8"
    )
    case.validate_response(response, checks=CHECKS)


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", ALLOWED)
def test_the_api_keeps_its_contract(
    pipeline: Pipeline,
    figures: Figures,
    effort: Effort,
    mode: schemathesis.GenerationMode,
    path: str,
) -> None:
    api, marked = ApiCaller(ApiClient(pipeline.api, pipeline.caller)), MarkedDevices(pipeline)

    def check(case: Case) -> None:
        devices: list[str] = []
        if path == "/ingest":
            case.body, devices = marked.mark(case.body)
        prepared, answer = sent(api, case)
        conform(case, prepared, answer)
        document = checked_document(answer, ALLOWED[path])
        marked.record_answer(devices, document)
        figures.count(f"{mode.value} cases of {path}, {'refused' if answer.status >= 400 else 'answered'}")

    effort.explore(150, operation(path).as_strategy(generation_mode=mode), check)

    marked.check(figures)
