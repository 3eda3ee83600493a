"""AWS calls for 1,000 readings: counted, and what the designs promise of them."""

from bench.calls import INGESTION, PROCESSOR, calls_per_1000_readings


def test_ours_one_at_a_time() -> None:
    assert calls_per_1000_readings("this project", 1) == {
        "dynamodb:PutItem": 1000,
        "sqs:SendMessageBatch": 1000,
        "dynamodb:BatchWriteItem": 40,
        "dynamodb:BatchGetItem": 10,
        "ssm:GetParameter": 1,
        INGESTION: 1000,
        PROCESSOR: 10,
    }


def test_ours_in_batches() -> None:
    assert calls_per_1000_readings("this project", 100) == {
        "dynamodb:PutItem": 1000,
        "sqs:SendMessageBatch": 10,
        "dynamodb:BatchWriteItem": 40,
        "dynamodb:BatchGetItem": 1,
        "ssm:GetParameter": 2,
        INGESTION: 10,
        PROCESSOR: 1,
    }


def test_the_seeds_style() -> None:
    assert calls_per_1000_readings("the seed's style", 100) == {
        "dynamodb:PutItem": 2000,
        "sqs:SendMessage": 1000,
        "ssm:GetParameter": 2,
        INGESTION: 10,
        PROCESSOR: 100,
    }
