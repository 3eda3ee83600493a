"""Terraform and its provider are found on any machine, and its commands report errors with what to do."""

import os
import shlex
from pathlib import Path

import pytest

from ops.project.errors import TerraformError
from ops.project.progress import Progress
from ops.terraform.provider import (
    LOCK_FILE,
    PROVIDER,
    ProviderSource,
    find_provider,
    locked_provider_version,
    platform_name,
)
from ops.terraform.toolchain import Toolchain

VERSION = "5.100.0"


def mirror_at(folder: Path, *, packed: bool = False) -> Path:
    base = folder / PROVIDER
    if packed:
        base.mkdir(parents=True)
        (base / f"terraform-provider-aws_{VERSION}_{platform_name()}.zip").touch()
    else:
        (base / VERSION / platform_name()).mkdir(parents=True)
    return folder


def find(tmp_path: Path, user: dict[str, str] | None = None) -> ProviderSource:
    return find_provider(VERSION, user or {}, roots=(tmp_path / "opt", tmp_path / "missing"))


def with_mirror(mirror: Path) -> ProviderSource:
    """What makes Terraform install from a mirror."""
    variables = {"TF_CLI_CONFIG_FILE": os.devnull, "TF_CLI_ARGS_init": f"-plugin-dir={mirror}"}
    return ProviderSource(f"the mirror {mirror}", variables)


def test_the_users_own_configuration_is_used_as_it_is(tmp_path: Path) -> None:
    configuration = tmp_path / "mine.tfrc"
    configuration.touch()
    mirror_at(tmp_path / "opt" / "mirror")

    assert find(tmp_path, {"TF_CLI_CONFIG_FILE": str(configuration)}).variables == {
        "TF_CLI_CONFIG_FILE": str(configuration)
    }


def test_a_configuration_in_the_home_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/.terraformrc").touch()

    assert find(tmp_path).variables == {"TF_CLI_CONFIG_FILE": str(tmp_path / "home/.terraformrc")}


def test_a_configuration_that_does_not_exist_is_ignored(tmp_path: Path) -> None:
    mirror = mirror_at(tmp_path / "opt" / "any-name")

    assert find(tmp_path, {"TF_CLI_CONFIG_FILE": str(tmp_path / "nowhere.tfrc")}) == with_mirror(mirror)


def test_a_configuration_that_cannot_be_read_is_ignored_and_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = mirror_at(tmp_path / "opt" / "any-name")
    denied = tmp_path / "denied.tfrc"
    denied.touch()
    monkeypatch.setattr(os, "access", lambda path, _: str(path) != str(denied))

    assert find(tmp_path, {"TF_CLI_CONFIG_FILE": str(denied)}) == with_mirror(mirror)


def test_a_folder_is_not_a_configuration(tmp_path: Path) -> None:
    assert find(tmp_path, {"TF_CLI_CONFIG_FILE": str(tmp_path)}).variables == {"TF_CLI_CONFIG_FILE": os.devnull}


def test_a_named_mirror_wins_over_one_that_is_found(tmp_path: Path) -> None:
    mirror_at(tmp_path / "opt" / "found")
    named = mirror_at(tmp_path / "named", packed=True)

    assert find(tmp_path, {"TF_PLUGIN_MIRROR": str(named)}).description == f"the mirror {named}"


def test_a_named_mirror_without_the_provider_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match=rf"does not contain {PROVIDER} {VERSION}"):
        find(tmp_path, {"TF_PLUGIN_MIRROR": str(tmp_path)})


def test_a_mirror_of_another_version_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "opt" / "old" / PROVIDER / "4.0.0" / platform_name()).mkdir(parents=True)

    assert find(tmp_path).description == "Terraform's own mirrors or the registry"


def test_a_mirrors_path_may_have_spaces_and_quotes(tmp_path: Path) -> None:
    mirror_at(tmp_path / "opt" / 'a "quoted" one')

    (argument,) = shlex.split(find(tmp_path).variables["TF_CLI_ARGS_init"])

    assert argument == f'-plugin-dir={tmp_path}/opt/a "quoted" one'


def test_without_a_mirror_terraform_gets_an_empty_configuration_that_exists(tmp_path: Path) -> None:
    """Then Terraform searches its implied mirror folders and the registry, and does not warn of a missing file."""
    assert find(tmp_path).variables == {"TF_CLI_CONFIG_FILE": os.devnull}


def test_the_users_own_folder_of_plugins_wins_over_a_mirror_that_is_found(tmp_path: Path, progress: Progress) -> None:
    toolchain = Toolchain(tmp_path / "terraform", with_mirror(tmp_path), progress)
    user = {"TF_CLI_ARGS_init": "-plugin-dir=/mine", "TF_CLI_CONFIG_FILE": "/nowhere"}

    given = toolchain.on(tmp_path, tmp_path / "data", user).environment

    assert given["TF_CLI_ARGS_init"] == "-plugin-dir=/mine"
    assert given["TF_CLI_CONFIG_FILE"] == os.devnull
    assert toolchain.on(tmp_path, tmp_path / "data", {}).environment["TF_CLI_ARGS_init"] == f"-plugin-dir={tmp_path}"


def test_the_lock_file_names_the_providers_version(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).write_text(f'provider "{PROVIDER}" {{\n  version     = "{VERSION}"\n}}\n')

    assert locked_provider_version(tmp_path) == VERSION


def test_a_missing_lock_file_has_its_fix(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match="git checkout restores it"):
        locked_provider_version(tmp_path)
