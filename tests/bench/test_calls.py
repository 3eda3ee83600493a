"""AWS calls for 1,000 readings: counted, what the designs promise of them, and that the document shows these."""

from functools import cache

import pytest

from bench.calls import DESIGNS, REQUEST_SIZES, Design, calls_per_1000_readings
from bench.results import load_all

counted = cache(calls_per_1000_readings)


def test_ours_one_at_a_time() -> None:
    assert counted("this project", 1) == {
        "dynamodb:PutItem": 1000,
        "sqs:SendMessageBatch": 1000,
        "dynamodb:BatchWriteItem": 40,
        "dynamodb:Query": 80,
        "ssm:GetParameter": 1,
        "lambda:Invoke of ingestion": 1000,
        "lambda:Invoke of processor": 10,
    }


def test_ours_in_batches() -> None:
    assert counted("this project", 100) == {
        "dynamodb:PutItem": 1000,
        "sqs:SendMessageBatch": 10,
        "dynamodb:BatchWriteItem": 40,
        "dynamodb:Query": 8,
        "ssm:GetParameter": 2,
        "lambda:Invoke of ingestion": 10,
        "lambda:Invoke of processor": 1,
    }


@pytest.mark.parametrize(("size", "requests"), [(1, 1000), (100, 10)])
def test_the_seeds_style(size: int, requests: int) -> None:
    assert counted("the seed's style", size) == {
        "dynamodb:PutItem": 2000,
        "sqs:SendMessage": 1000,
        "ssm:GetParameter": 2,
        "lambda:Invoke of ingestion": requests,
        "lambda:Invoke of processor": 100,
    }


@pytest.mark.parametrize("size", REQUEST_SIZES)
@pytest.mark.parametrize("design", DESIGNS)
def test_the_stored_result_is_of_todays_code(design: Design, size: int) -> None:
    assert load_all()["calls"]["samples"][f"{design}, {size} per request"] == counted(design, size)
