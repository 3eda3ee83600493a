"""No plan, state, log or other file contains a secret, except the files for credentials."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ops.aws.api_client import ApiClient
from ops.local.machine import Machine
from ops.local.pipeline import Pipeline
from ops.terraform.runner import Terraform
from tests.proofs.state.parameters import parameters_of
from tests.proofs.state.secret_places import (
    CREDENTIAL_FILES,
    LOGGED_ADDRESS,
    STORAGE_FOLDERS,
    Place,
    aws_places,
    local_places,
    plan_places,
    tracing,
)
from tests.support.changed_settings import with_changed_settings
from tests.support.proving import Figures

pytestmark = pytest.mark.timeout(900)
KNOWN = "RawSensorTableName"
NEW_KEY = 'a"new\\key/+<&>=%-of-an-unusual?kind'
"""Every tool has to escape some of its characters."""
SETTINGS = {"[data]\n": "[api]\nrequire_api_key = true\n\n[data]\napi_key_version = 2\n"}


def stored_key(pipeline: Pipeline) -> str:
    name = pipeline.outputs["ApiKeyParameterName"]
    value: str = parameters_of(pipeline.administrator).get_parameter(Name=name, WithDecryption=True)["Parameter"][
        "Value"
    ]
    return value


def search(places: dict[str, Place], secrets: dict[str, str], figures: Figures) -> None:
    """Search every place for every secret."""
    for name, place in places.items():
        found = {secret: found_in for secret, value in secrets.items() if (found_in := place.findings(value))}
        assert not found, f"{name}: {found}"
        figures.tried(f"searches of {name}", len(secrets))


def secrets_of(pipeline: Pipeline) -> dict[str, str]:
    keys = (pipeline.administrator.keys, pipeline.caller.keys)
    return {
        "the API key": stored_key(pipeline),
        **{f"the secret of {who.access_key_id}": who.secret_access_key for who in keys if who},
    }


@pytest.mark.proof("state")
def test_no_secret_is_in_state_log_or_file(pipeline: Pipeline, machine: Machine, figures: Figures) -> None:
    known = pipeline.outputs[KNOWN]
    places = {**aws_places(pipeline.administrator, known), **local_places(machine.layout, known)}

    search(places, secrets_of(pipeline), figures)


@pytest.mark.proof("state")
@pytest.mark.slow
def test_no_secret_is_in_a_plan_or_its_trace(
    pipeline: Pipeline, machine: Machine, tmp_path: Path, figures: Figures
) -> None:
    terraform = machine.deployment(pipeline.administrator).terraform()

    search(plan_places(terraform, tmp_path, pipeline.outputs[KNOWN]), secrets_of(pipeline), figures)


@pytest.mark.proof("state")
def test_only_its_owner_may_read_a_file_with_credentials(
    pipeline: Pipeline, machine: Machine, figures: Figures
) -> None:
    assert pipeline.outputs
    for name in (*CREDENTIAL_FILES, *STORAGE_FOLDERS):
        mode = stat.S_IMODE((machine.layout.home / name).stat().st_mode)
        assert mode & 0o077 == 0, f"{name}: {mode:o}"
        figures.count("files and folders with credentials that only their owner may read")


@pytest.fixture
def with_second_factor(pipeline: Pipeline, machine: Machine, tmp_path: Path) -> Iterator[Terraform]:
    """The environment with the second factor in its settings; afterwards the original one is applied again."""
    applied = machine.deployment(pipeline.administrator).terraform()
    terraform = with_changed_settings(applied, tmp_path, SETTINGS)
    yield replace(terraform, environment={**terraform.environment, "TF_VAR_api_key": NEW_KEY})
    applied.apply()


@pytest.mark.proof("state")
@pytest.mark.slow
def test_an_api_key_in_use_is_in_no_plan_state_log_or_file(
    pipeline: Pipeline, machine: Machine, with_second_factor: Terraform, tmp_path: Path, figures: Figures
) -> None:
    traced, log = tracing(with_second_factor, tmp_path / "apply.log")
    traced.apply()
    assert stored_key(pipeline) == NEW_KEY

    caller = ApiClient(pipeline.api, pipeline.caller)
    answers = [status_with(caller, key) for key in (NEW_KEY, NEW_KEY[::-1], None)]
    assert answers == [200, 403, 401]
    figures.tried("requests with the key, with another one and with none", len(answers))

    known = pipeline.outputs[KNOWN]
    places = {
        "Terraform's trace of an apply": Place({"apply.log": log.read_bytes()}, LOGGED_ADDRESS),
        **plan_places(with_second_factor, tmp_path, known),
        **aws_places(pipeline.administrator, known),
        **local_places(machine.layout, known),
    }
    search(places, {"the API key": NEW_KEY, "a wrong key": NEW_KEY[::-1]}, figures)


def status_with(caller: ApiClient, key: str | None) -> int:
    request = caller.prepare_post("/ingest", {"device_id": "second-factor", "sensor_data": {"temp": 21}})
    if key is not None:
        request.headers["X-Api-Key"] = key
    return caller.deliver(caller.sign(request)).status
