"""ENV=local is the environment on the embedded AWS, by the same commands, and nothing of it reaches AWS's files."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ops.aws.access import Access, Keys
from ops.cli.command import main
from ops.deploy.changing import apply, destroy, has_drifted, plan
from ops.deploy.deployment import Deployment
from ops.local import local_deployment as local
from ops.local.access_files import write_access
from ops.local.layout import Layout, default_layout, exclusively
from ops.local.local_deployment import EmbeddedDeployment, open_deployment
from ops.local.record import Record, change_record, read_record
from ops.project.errors import EmbeddedError, OpsError, TerraformError
from ops.project.paths import ROOT, find_environment
from ops.project.progress import Progress

ADMINISTRATOR = Access("us-east-1", "https://127.0.0.1:1", Path("ca.pem"), Keys("admin", "secret"))
BEFORE = {"ApiId": "old", "ApiStageName": "dev", "ApiExecutionArn": "arn"}
AFTER = {**BEFORE, "ApiId": "new"}


@dataclass
class FakeTerraform:
    """Terraform with something to change, or nothing."""

    changes: bool = True
    found: dict[str, Any] = field(default_factory=lambda: BEFORE)
    on_apply: Callable[[], None] = lambda: None

    def init(self, *_: str) -> None: ...

    def save_plan(self, file: Path, *_: str) -> bool:
        file.touch()
        return self.changes

    def run(self, *_: str) -> str:
        return "what would change"

    def apply(self, _: str) -> str:
        self.on_apply()
        self.found = AFTER
        return "1 changed"

    def outputs(self) -> dict[str, Any]:
        return self.found


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = default_layout(tmp_path)
    layout.state.mkdir(parents=True)
    write_access(layout, tmp_path / "envs" / "dev", ADMINISTRATOR, ADMINISTRATOR, BEFORE)
    change_record(layout, digest="a digest", outputs=BEFORE)
    return layout


@pytest.fixture
def terraform(monkeypatch: pytest.MonkeyPatch) -> FakeTerraform:
    fake = FakeTerraform()
    monkeypatch.setattr(EmbeddedDeployment, "terraform", lambda _: fake)
    monkeypatch.setattr(EmbeddedDeployment, "build_packages", lambda _: None)
    monkeypatch.setattr(Access, "caller", lambda _: "the administrator")
    monkeypatch.setattr(local, "local_access", lambda _: ADMINISTRATOR)
    monkeypatch.setattr(local, "as_caller", lambda *_: ADMINISTRATOR)
    monkeypatch.setenv("APPROVE", "yes")
    return fake


@pytest.fixture
def deployment(tmp_path: Path, layout: Layout, progress: Progress) -> EmbeddedDeployment:
    assert layout.home.is_dir()
    return EmbeddedDeployment(tmp_path, "dev", progress, layout)


@pytest.mark.parametrize("command", [plan, apply, has_drifted])
def test_the_commands_of_aws_work_on_the_embedded_one(
    command: Callable[[Deployment], object],
    terraform: FakeTerraform,
    deployment: EmbeddedDeployment,
    layout: Layout,
    said: Any,
) -> None:
    terraform.changes = False

    command(deployment)

    assert "dev on the embedded AWS is as the files say" in said.getvalue()
    assert read_record(layout) == Record(digest="a digest", outputs=BEFORE)
    assert not (deployment.root / "build" / "plans").exists()


def test_an_apply_is_known_to_every_client_and_checked_by_the_next_up(
    terraform: FakeTerraform, deployment: EmbeddedDeployment, layout: Layout
) -> None:
    seen: list[Any] = []
    terraform.on_apply = lambda: seen.append(read_record(layout))

    apply(deployment)

    assert seen == [Record(is_applying=True, outputs=BEFORE)]
    assert read_record(layout) == Record(outputs=AFTER)
    assert "restapis/new/dev" in layout.caller_variables.read_text()


def test_an_apply_that_fails_is_repeated_by_the_next_up(
    terraform: FakeTerraform, deployment: EmbeddedDeployment, layout: Layout
) -> None:
    def refuse() -> None:
        raise TerraformError("half way")

    terraform.on_apply = refuse
    with pytest.raises(TerraformError, match="half way"):
        apply(deployment)

    assert read_record(layout) == Record(outputs=BEFORE)


@pytest.mark.usefixtures("terraform")
def test_its_outputs_are_written_beside_it_and_not_among_those_of_aws(
    deployment: EmbeddedDeployment, layout: Layout
) -> None:
    assert deployment.refresh_outputs() == BEFORE

    assert json.loads((layout.home / "outputs.json").read_text()) == BEFORE
    assert not Deployment(deployment.root, "dev", deployment.progress).outputs_file.parent.exists()
    assert read_record(layout) == Record(digest="a digest", outputs=BEFORE)


def test_destroying_it_has_another_command(deployment: EmbeddedDeployment) -> None:
    with pytest.raises(OpsError, match=r"^local is the embedded AWS: make reset deletes everything in it"):
        destroy(deployment)


def test_one_command_at_a_time_changes_it(layout: Layout, tmp_path: Path, progress: Progress) -> None:
    other = open_deployment(tmp_path, "local", progress)

    with exclusively(layout), pytest.raises(EmbeddedError, match=r"works in .*: wait for it"), other:
        pytest.fail("it went on")


@pytest.mark.parametrize("command", ["plan", "apply", "drift", "outputs", "unlock"])
def test_before_the_first_up_it_says_what_to_do(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ops.cli.deploying.ROOT", tmp_path)

    assert main([command, "--env=local"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("admin.env does not exist: make up writes it")


def test_an_environment_on_aws_is_not_locked(tmp_path: Path, progress: Progress) -> None:
    with open_deployment(tmp_path, "dev", progress) as first, open_deployment(tmp_path, "dev", progress) as second:
        assert first == second == Deployment(tmp_path, "dev", progress)


def test_a_command_without_an_embedded_variant_names_whose_settings_local_has() -> None:
    with pytest.raises(OpsError, match="local is the embedded AWS; its settings and packages are those of dev"):
        find_environment(ROOT, "local")
