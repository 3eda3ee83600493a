"""What an entry point's init may import, and how many modules: a cold start's time is made of these."""

import sys
from pathlib import Path

import pytest

from bench.cold_start import start_entry_point

ROOT = Path(__file__).parents[2]
PATH = [ROOT, *(Path(folder) for folder in sys.path if folder.endswith("site-packages"))]
MODULES = {"ingestion": 520, "processor": 535, "query": 515}
"""The most that each may import, the standard library's and botocore's included: 385 are two bare clients'."""
FORBIDDEN = (
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.data_classes",
    "aws_lambda_powertools.utilities.parameters",
    "aws_lambda_powertools.utilities.parser",
    "aws_lambda_powertools.utilities.validation",
    "boto3",
    "generate",
    "jsonschema",
    "multiprocessing",
    "ops",
    "pydantic",
    "requests",
    "s3transfer",
    "unittest",
)


def imported(entry: str) -> set[str]:
    return set(start_entry_point(Path(sys.executable), entry, PATH)[1])


@pytest.mark.parametrize("name", sorted(MODULES))
def test_an_entry_point_imports_no_more_than_it_needs(name: str) -> None:
    modules = imported(f"handlers.{name}")

    assert {module for module in modules if module.startswith(FORBIDDEN)} == set()
    assert f"handlers.{name}" in modules
    assert len(modules) <= MODULES[name]


def test_the_yardstick_is_what_the_document_says() -> None:
    assert {"boto3", "s3transfer"} <= imported("bare")
