"""The environment variables under which the functions are measured: both designs', with no AWS behind them."""

from typing import Final

VARIABLES: Final = {
    "ENVIRONMENT": "bench",
    "RAW_TABLE_NAME": "raw",
    "PROCESSED_TABLE_NAME": "processed",
    "QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/ingestion",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/dead",
    "ALERT_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:alerts",
    "CONFIG_PARAMETER": "config",
    "CONFIG_PARAM": "config",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "POWERTOOLS_LOG_LEVEL": "INFO",
}
LAMBDA_VARIABLES: Final = {
    **VARIABLES,
    "AWS_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_NAME": "function",
    "LAMBDA_TASK_ROOT": "/var/task",
}
"""With what Lambda itself sets, so that tracing is on."""
