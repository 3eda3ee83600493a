"""The running API, asked with what its OpenAPI document allows and with what it does not."""

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
from tests.proofs.fuzz.marking import Marking
from tests.proofs.fuzz.requesting import INGEST, PROCESS, QUERY, Requesting, judged, query_string
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
    """An operation of the published contract; how to sign is not what is tried here."""
    document = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))
    del document["security"]
    schema = schemathesis.openapi.from_dict(document)
    (found,) = [operation for operation in map(_sound, schema.get_all_operations()) if operation.path == path]
    return found


def _sound(result: Any) -> Any:
    """An operation; schemathesis raises where it cannot read it."""
    return result.ok()


def sent(requesting: Requesting, case: Case) -> tuple[requests.PreparedRequest, Answer]:
    """Send a case as schemathesis would, but signed."""
    asked = case.as_transport_kwargs(base_url=requesting.api.address)
    headers = {name: asked["headers"][name] for name in HEADERS_OF_CASES if name in asked["headers"]}
    prepared = requests.Request(**asked | {"headers": headers}).prepare()
    pairs = parse_qsl(urlsplit(str(prepared.url)).query, keep_blank_values=True, encoding="latin-1")
    query = query_string((name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs)
    body: Any = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    media_type = {name: str(value) for name, value in prepared.headers.items() if name in HEADERS_OF_CASES}
    return prepared, requesting.send(case.method, case.path, body, headers | media_type, query)


def conform(case: Case, prepared: requests.PreparedRequest, answer: Answer) -> None:
    """Hold an answer against the contract."""
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
    requesting, marking = Requesting(ApiClient(pipeline.api, pipeline.caller)), Marking(pipeline)

    def check(case: Case) -> None:
        devices: list[str] = []
        if path == "/ingest":
            case.body, devices = marking.marked(case.body)
        prepared, answer = sent(requesting, case)
        conform(case, prepared, answer)
        document = judged(answer, ALLOWED[path])
        marking.answered(devices, document)
        figures.count(f"{mode.value} cases of {path}, {'refused' if answer.status >= 400 else 'answered'}")

    effort.explore(150, operation(path).as_strategy(generation_mode=mode), check)

    marking.check(figures)
