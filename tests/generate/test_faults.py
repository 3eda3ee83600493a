"""Every fault of settings is found and shown with what is allowed; valid settings have none."""

from pathlib import Path

import pytest

from generate.errors import SettingsError
from generate.faults import Fault, find_faults
from generate.reading import read_environment
from generate.settings import EnvironmentSettings


def shown(settings: dict[str, object]) -> dict[str, str]:
    """Reasons by dotted path."""
    faults = find_faults(EnvironmentSettings, {"environment": "dev", **settings})
    return {".".join(map(str, fault.path)): fault.reason for fault in faults}


def test_sound_settings_have_no_fault() -> None:
    assert (
        shown({"tags": {"team": "a"}, "queueing": {"subscriptions": [{"protocol": "email", "endpoint": "a@b.c"}]}})
        == {}
    )


@pytest.mark.parametrize(
    ("settings", "path", "reason"),
    [
        ({"state": 5}, "state", "allowed is a table"),
        ({"queueing": {"subscriptions": {}}}, "queueing.subscriptions", "allowed is an array"),
        ({"queueing": {"subscriptions": [5]}}, "queueing.subscriptions.0", "allowed is a table"),
        ({"data": {"deletion_protection": 1}}, "data.deletion_protection", "allowed is true or false"),
        ({"data": {"raw_ttl_days": 0}}, "data.raw_ttl_days", "allowed is an integer from 1 to 3653"),
        ({"data": {"raw_ttl_days": True}}, "data.raw_ttl_days", "allowed is an integer from 1 to 3653"),
        ({"data": {"api_key_version": 1.0}}, "data.api_key_version", "allowed is an integer from 1 to 2147483647"),
        (
            {"config": {"rules": {"t": {"hysteresis": -1}}}},
            "config.rules.t.hysteresis",
            "allowed is a number of at least 0",
        ),
        ({"config": {"rules": {"t": {"min": "1"}}}}, "config.rules.t.min", "allowed is a number"),
        (
            {"api": {"oldest_timestamp": "2000-02-30"}},
            "api.oldest_timestamp",
            "allowed is a day, written as 2000-01-01",
        ),
        ({"api": {"oldest_timestamp": 2000}}, "api.oldest_timestamp", "allowed is a day, written as 2000-01-01"),
        ({"config": {"rules": 1}}, "config.rules", "allowed is a table"),
        (
            {"monitoring": {"rejected_rate": 1}},
            "monitoring.rejected_rate",
            "allowed is a number above 0 and below 1",
        ),
        ({"tags": {str(n): "x" for n in range(48)}}, "tags", "allowed is a table of at most 47 keys"),
        ({"tags": {"k": "v\n"}}, "tags.k", "allowed is 1 to 256 characters that match ^[A-Za-z0-9 _.:/=+@-]+$"),
        ({"region": 1}, "region", "allowed is a text"),
        (
            {"monitoring": {"runbook_url": "https://example.com/#a"}},
            "monitoring.runbook_url",
            (
                "allowed is up to 500 characters that match "
                "^https://[A-Za-z0-9.-]+(:[0-9]+)?([/?][A-Za-z0-9._~:/?@!&()*+,;=%-]*)?$"
            ),
        ),
    ],
)
def test_a_fault_says_what_is_allowed(settings: dict[str, object], path: str, reason: str) -> None:
    assert shown(settings) == {path: reason}


def test_what_is_missing_is_shown() -> None:
    (fault,) = find_faults(EnvironmentSettings, {})
    assert fault == Fault(("environment",), None, "", is_missing=True)


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999"])
def test_a_number_is_finite(tmp_path: Path, number: str) -> None:
    (tmp_path / "envs" / "dev").mkdir(parents=True)
    (tmp_path / "envs" / "dev" / "settings.toml").write_text(f"monitoring.rejected_rate = {number}\n")

    with pytest.raises(SettingsError, match=r"rejected_rate = '.*': allowed is a number above 0 and below 1"):
        read_environment(tmp_path, "dev")
