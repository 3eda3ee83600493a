"""The policies of keys, queues, the topic and the state bucket, and the account's logging role."""

from typing import Final

from generate.naming import FUNCTIONS, log_group_name, resource_name
from tests.proofs.privilege.documented.statement import (
    DOMAIN,
    ONLY_OUR_ALARMS,
    ONLY_THIS_ACCOUNT,
    REGION,
    SUFFIX,
    THIS_ACCOUNT,
    Condition,
    Documented,
    Place,
    arn,
    service,
    without_tls,
)

_THIS_KEY: Final = ("*",)
"""In a key's policy `*` is that key."""


def _account_controls(why: str) -> Documented:
    return Documented(
        why,
        {"kms:*": "without the account no IAM policy could allow its use, and this policy never change"},
        _THIS_KEY,
        THIS_ACCOUNT,
    )


_ENVIRONMENT_KEY: Final[dict[Place, Documented]] = {
    ("data", "key", "AccountGovernsByIam"): _account_controls(
        "the roles use the environment's key by their own policies"
    ),
    ("data", "key", "LogGroups"): Documented(
        "CloudWatch Logs encrypts the log groups itself, without a role (CloudWatch Logs user guide, KMS)",
        {
            "kms:Encrypt": "log groups are associated with the key",
            "kms:Decrypt": "log events are read: without it logs are written and nobody can read them",
            "kms:ReEncrypt*": "data keys are encrypted anew",
            "kms:GenerateDataKey*": "log events are written",
            "kms:DescribeKey": "the association checks that the key is there and enabled",
        },
        _THIS_KEY,
        service(f"logs.{REGION}.{DOMAIN}"),
        (
            Condition(
                "ArnLike",
                "kms:EncryptionContext:aws:logs:arn",
                (
                    *(arn("logs", f"log-group:{log_group_name(name, SUFFIX)}") for name in FUNCTIONS),
                    arn("logs", f"log-group:/aws/apigateway/{resource_name('api', SUFFIX)}"),
                    arn("logs", f"log-group:API-Gateway-Execution-Logs_*/{SUFFIX}"),
                ),
                "log groups of anybody, in any account, could be encrypted with this key",
            ),
        ),
    ),
    ("data", "key", "AlarmsToEncryptedTopic"): Documented(
        "an alarm publishes to a topic that the key encrypts, without a role (SNS developer guide, key management)",
        {
            "kms:Decrypt": "SNS calls it with each publication",
            "kms:GenerateDataKey*": "the message is encrypted",
        },
        _THIS_KEY,
        service("cloudwatch.amazonaws.com"),
        (ONLY_THIS_ACCOUNT, ONLY_OUR_ALARMS),
    ),
}

_QUEUES: Final[dict[Place, Documented]] = {
    ("queueing", queue, "DenyWithoutTls"): without_tls(why, "sqs:*", arn("sqs", resource_name(queue, SUFFIX)))
    for queue, why in (
        ("ingestion_queue", "queued readings are sent and received over TLS only"),
        ("dead_letter_queue", "dead-letter messages contain readings, and are redriven over TLS only"),
        ("async_dead_letter_queue", "failed invocations contain whole events, over TLS only"),
    )
}

_TOPIC: Final[dict[Place, Documented]] = {
    ("queueing", "alert_topic", "AlarmsPublish"): Documented(
        "CloudWatch's alarms publish without a role; functions publish with their own",
        {"sns:Publish": "the alarm's notification"},
        ("${aws_sns_topic.alerts.arn}",),
        service("cloudwatch.amazonaws.com"),
        (ONLY_THIS_ACCOUNT, ONLY_OUR_ALARMS),
    ),
    # sns:* is not allowed in a topic's policy
    ("queueing", "alert_topic", "DenyWithoutTls"): without_tls(
        "alerts name devices and values, and are published over TLS only", "sns:Publish", "${aws_sns_topic.alerts.arn}"
    ),
}

_STATE: Final[dict[Place, Documented]] = {
    ("account", "state_key", "AccountGovernsByIam"): _account_controls("whoever deploys uses the states' key by IAM"),
    ("account", "state_bucket", "DenyWithoutTls"): without_tls(
        "Terraform's states describe the environments completely, and are sent over TLS only",
        "s3:*",
        "${aws_s3_bucket.state.arn}",
        "${aws_s3_bucket.state.arn}/*",
    ),
}

_LOGGING: Final[dict[Place, Documented]] = {
    # without a condition: CloudFormation user guide, "AWS::ApiGateway::Account"
    ("account", "assume_role", "AssumeRole"): Documented(
        "API Gateway writes logs with this role, for all APIs of the account and region",
        {"sts:AssumeRole": "how a service assumes a role"},
        principal=service("apigateway.amazonaws.com"),
    ),
    ("account", "api_gateway", "WriteLogs"): Documented(
        "AmazonAPIGatewayPushToCloudWatchLogs, version 1, limited to API Gateway's own log groups",
        {
            "logs:CreateLogGroup": "execution logs of an API without a log group",
            "logs:CreateLogStream": "access and execution logs",
            "logs:DescribeLogStreams": "access and execution logs",
            "logs:PutLogEvents": "access and execution logs",
            "logs:GetLogEvents": "in AWS's own policy; which call needs it is not documented",
            "logs:FilterLogEvents": "in AWS's own policy; which call needs it is not documented",
        },
        (arn("logs", "log-group:/aws/apigateway/*"), arn("logs", "log-group:API-Gateway-Execution-Logs_*")),
    ),
    ("account", "api_gateway", "FindLogGroups"): Documented(
        "the only action of AWS's own policy whose resource must be all log groups",
        {"logs:DescribeLogGroups": "API Gateway looks for its log groups"},
        ("*",),
    ),
}

STATEMENTS: Final[dict[Place, Documented]] = {**_ENVIRONMENT_KEY, **_QUEUES, **_TOPIC, **_STATE, **_LOGGING}
