"""A world without the user's AWS environment."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from ops.aws import Access


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "AWS_PROFILE",
        "AWS_ENDPOINT_URL",
        "AWS_CA_BUNDLE",
        "AWS_SESSION_TOKEN",
        "API_ENDPOINT",
        "PIPELINE_API_KEY",
        "TF_CLI_CONFIG_FILE",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def access() -> Iterator[Access]:
    with mock_aws():
        yield Access("us-east-1")
