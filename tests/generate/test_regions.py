"""The regions are those that botocore lists; one that cannot be used is refused with the reason."""

from typing import Any

import botocore.loaders
import pytest

from generate.builders import account, environment
from generate.interface import Interface
from generate.project import build_modules
from generate.regions import (
    CONSOLES,
    NEWER_THAN_THE_BACKEND,
    REGIONS,
    UNUSABLE_PARTITIONS,
    UNUSABLE_REGIONS,
    region_problem,
    usable_regions,
)
from generate.settings import AccountSettings, EnvironmentSettings, State
from generate.terraform import Document


def listed() -> dict[str, tuple[str, ...]]:
    data = botocore.loaders.Loader().load_data("endpoints")
    return {each["partition"]: tuple(sorted(each["regions"])) for each in data["partitions"]}


def test_every_region_that_botocore_lists_is_known() -> None:
    assert listed() == REGIONS


def test_every_region_is_used_or_refused_with_the_reason() -> None:
    refused = {region for name in UNUSABLE_PARTITIONS for region in REGIONS[name]} | set(UNUSABLE_REGIONS)

    assert set(usable_regions()) == {region for regions in REGIONS.values() for region in regions} - refused
    for region in refused:
        assert f", and not {region}: " in str(region_problem(region))


def test_each_partition_that_is_used_has_its_console() -> None:
    assert set(REGIONS) - set(UNUSABLE_PARTITIONS) <= set(CONSOLES)


@pytest.mark.parametrize(
    ("region", "nearest"),
    [
        ("eu-centrall-1", "eu-central-1"),
        ("US-EAST-1", "us-east-1"),
        ("us-east-1\n", "us-east-1"),
        ("useast1", "us-east-1"),
        ("us-east-1a", "us-east-1"),
        ("aws-global", "us-east-1 or eu-central-1"),
        ("", "us-east-1 or eu-central-1"),
        ("us-east-\u0661", "us-east-1"),
    ],
)
def test_an_unknown_region_is_answered_with_the_nearest(region: str, nearest: str) -> None:
    problem = str(region_problem(region))

    assert problem.startswith("a region of AWS, such as ")
    assert nearest in problem


def backend(document: Document) -> dict[str, Any]:
    body: dict[str, Any] = document.files()["versions.tf.json"]["terraform"]["backend"]["s3"]
    return body


def interfaces() -> dict[str, Interface]:
    return {name: module.interface for name, module in build_modules().items()}


@pytest.mark.parametrize("region", ["us-east-1", *NEWER_THAN_THE_BACKEND])
def test_the_backend_takes_a_region_that_it_does_not_know(region: str) -> None:
    expected = True if region in NEWER_THAN_THE_BACKEND else None
    state = State(region=region)

    roots = (
        environment.build(EnvironmentSettings(environment="dev", state=state), interfaces()),
        account.build(AccountSettings(region=region, state=state)),
    )
    for root in roots:
        assert backend(root).get("skip_region_validation") is expected
