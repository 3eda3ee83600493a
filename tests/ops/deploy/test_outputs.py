"""An environment's outputs are those in its state, and an environment that is not applied has none."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from ops.aws.access import Access, Keys
from ops.deploy.deployment import Deployment
from ops.operate.callers import Operator, find_api, find_operator
from ops.operate.logs import log_groups
from ops.project.errors import OpsError, TerraformError
from ops.project.progress import Progress


class FakeTerraform:
    """A state with outputs, or one that cannot be read."""

    def __init__(self, outputs: dict[str, Any] | None) -> None:
        self.found = outputs

    def init(self, *_: str) -> None:
        if self.found is None:
            raise TerraformError("terraform init in staging failed:\nAccessDenied")

    def outputs(self) -> dict[str, Any]:
        return self.found or {}


@pytest.fixture
def with_outputs(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any] | None], None]:
    def put(outputs: dict[str, Any] | None) -> None:
        monkeypatch.setattr(Deployment, "terraform", lambda _: FakeTerraform(outputs))
        monkeypatch.setattr(Deployment, "access", lambda _: Access("us-east-1"))
        monkeypatch.setattr(Access, "caller", lambda _: "somebody")

    return put


WithOutputs = Callable[[dict[str, Any] | None], None]


def test_outputs_are_flat(tmp_path: Path, progress: Progress) -> None:
    deployment = Deployment(tmp_path, "dev", progress)
    deployment.record({"B": 1, "A": "x"})

    assert deployment.outputs_file == tmp_path / "build/outputs/dev.json"
    assert deployment.outputs_file.read_text() == '{\n  "A": "x",\n  "B": 1\n}\n'


@pytest.mark.parametrize("find", [find_api, find_operator])
def test_an_environment_that_is_not_applied_is_named_and_has_no_file(
    find: Callable[[Path, str, Progress], object], with_outputs: WithOutputs, tmp_path: Path, progress: Progress
) -> None:
    with_outputs({})
    deployment = Deployment(tmp_path, "staging", progress)
    deployment.record({"ApiEndpoint": "https://destroyed.test"})

    with pytest.raises(OpsError, match="staging is not applied yet: make apply ENV=staging"):
        find(tmp_path, "staging", progress)
    assert not deployment.outputs_file.exists()


def test_a_missing_output_is_named(with_outputs: WithOutputs, tmp_path: Path, progress: Progress) -> None:
    with_outputs({"Another": "x"})

    with pytest.raises(OpsError, match="make apply ENV=staging"):
        find_api(tmp_path, "staging", progress)
    with pytest.raises(OpsError, match="make apply ENV=staging"):
        log_groups(find_operator(tmp_path, "staging", progress), ["query"], 0)
    with pytest.raises(OpsError, match="local is not applied yet: make up"):
        Operator(Access("us-east-1"), {}).output("IngestionQueueUrl")


def test_an_apply_elsewhere_is_seen(with_outputs: WithOutputs, tmp_path: Path, progress: Progress) -> None:
    deployment = Deployment(tmp_path, "staging", progress)
    deployment.record({"ApiEndpoint": "https://old.test"})
    with_outputs({"ApiEndpoint": "https://new.test"})

    assert deployment.outputs() == {"ApiEndpoint": "https://new.test"}
    assert json.loads(deployment.outputs_file.read_text()) == {"ApiEndpoint": "https://new.test"}


def test_a_user_who_may_not_read_the_state_gets_what_was_written(
    with_outputs: WithOutputs, tmp_path: Path, progress: Progress, said: StringIO
) -> None:
    with_outputs(None)
    deployment = Deployment(tmp_path, "staging", progress)
    with pytest.raises(TerraformError, match="AccessDenied"):
        deployment.outputs()
    deployment.record({"ApiEndpoint": "https://old.test"})

    assert deployment.outputs() == {"ApiEndpoint": "https://old.test"}
    assert "failed; using build/outputs/staging.json, which may be out of date" in said.getvalue()


def test_an_address_of_its_own_wins_over_the_output(
    with_outputs: WithOutputs, tmp_path: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_outputs({"ApiEndpoint": "https://output.test"})
    assert find_api(tmp_path, "staging", progress).address == "https://output.test"

    monkeypatch.setenv("API_ENDPOINT", "https://readings.example.test")

    assert find_api(tmp_path, "staging", progress).address == "https://readings.example.test"
    assert find_operator(tmp_path, "staging", progress).output("ApiEndpoint") == "https://readings.example.test"


def test_clients_trust_the_authorities_of_the_aws_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert Access("us-east-1").trusted() is None
    monkeypatch.setenv("AWS_CA_BUNDLE", "/etc/company.pem")

    assert Access("us-east-1").trusted() == "/etc/company.pem"
    assert Access("us-east-1", authority=tmp_path).trusted() == str(tmp_path)


def test_a_secret_is_not_shown_with_its_access() -> None:
    assert "secret" not in repr(Access("us-east-1", keys=Keys("AKIAEXAMPLE", "a-secret"))).replace("secret_access", "")
