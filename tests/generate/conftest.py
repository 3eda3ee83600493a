"""What the generator's tests share: settings, and the project as Terraform would read it."""

from typing import Any

import pytest

from generate.project import MODULES, generate_project
from generate.settings import AccountSettings, EnvironmentSettings
from tests.generate.reading_json import parse_strictly

Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def project() -> dict[str, str]:
    """Every generated file of an environment `dev` with default settings."""
    return generate_project(AccountSettings(), [EnvironmentSettings(environment="dev")])


@pytest.fixture(scope="session")
def documents(project: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Each generated JSON file, parsed."""
    return {path: parse_strictly(text) for path, text in project.items() if path.endswith(".tf.json")}


@pytest.fixture(scope="session")
def resources(documents: dict[str, dict[str, Any]]) -> dict[str, Resources]:
    """The resources of each module, by type and name."""
    return {name: documents[f"modules/{name}/main.tf.json"]["resource"] for name in MODULES}


@pytest.fixture(scope="session")
def dev(documents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The module calls of the environment `dev`."""
    calls: dict[str, Any] = documents["envs/dev/main.tf.json"]["module"]
    return calls
