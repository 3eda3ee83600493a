"""The policies of keys, queues, the topic and the state bucket, and the account's logging role."""

from typing import Final

from generate.naming import FUNCTIONS, log_group_name, resource_name
from tests.proofs.privilege.documented.vocabulary import (
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

_OWN_KEY: Final = ("*",)
"""In a key's policy, that key."""


def _governs(why: str) -> Documented:
    return Documented(
        why,
        {"kms:*": "without the account's own say nobody can use the key by IAM, nor change this policy ever again"},
        _OWN_KEY,
        THIS_ACCOUNT,
    )


_ENVIRONMENT_KEY: Final[dict[Place, Documented]] = {
    ("data", "key", "AccountGovernsByIam"): _governs("the roles use the environment's key by their own policies"),
    ("data", "key", "LogGroups"): Documented(
        "CloudWatch Logs encrypts the log groups itself, in no role (CloudWatch Logs user guide, KMS)",
        {
            "kms:Encrypt": "log groups are associated with the key",
            "kms:Decrypt": "log events are read: without it logs are written and nobody can read them",
            "kms:ReEncrypt*": "data keys are encrypted anew",
            "kms:GenerateDataKey*": "log events are written",
            "kms:DescribeKey": "the association checks that the key is there and enabled",
        },
        _OWN_KEY,
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
        "an alarm publishes to a topic that the key encrypts, in no role (SNS developer guide, key management)",
        {
            "kms:Decrypt": "SNS asks for it with each publication",
            "kms:GenerateDataKey*": "the message is encrypted",
        },
        _OWN_KEY,
        service("cloudwatch.amazonaws.com"),
        (ONLY_THIS_ACCOUNT, ONLY_OUR_ALARMS),
    ),
}

_QUEUES: Final[dict[Place, Documented]] = {
    ("queueing", queue, "DenyWithoutTls"): without_tls(why, "sqs:*", arn("sqs", resource_name(queue, SUFFIX)))
    for queue, why in (
        ("ingestion_queue", "readings on their way are sent and received over TLS alone"),
        ("dead_letter_queue", "dead-letter messages hold readings, and are redriven over TLS alone"),
        ("async_dead_letter_queue", "failed invocations hold whole events, over TLS alone"),
    )
}

_TOPIC: Final[dict[Place, Documented]] = {
    ("queueing", "alert_topic", "AlarmsPublish"): Documented(
        "CloudWatch's alarms publish in no role; functions publish by their own",
        {"sns:Publish": "the alarm's notification"},
        ("${aws_sns_topic.alerts.arn}",),
        service("cloudwatch.amazonaws.com"),
        (ONLY_THIS_ACCOUNT, ONLY_OUR_ALARMS),
    ),
    # sns:* is no action of a topic's policy
    ("queueing", "alert_topic", "DenyWithoutTls"): without_tls(
        "alerts name devices and values, and are published over TLS alone", "sns:Publish", "${aws_sns_topic.alerts.arn}"
    ),
}

_STATE: Final[dict[Place, Documented]] = {
    ("account", "state_key", "AccountGovernsByIam"): _governs("who deploys uses the states' key by IAM"),
    ("account", "state_bucket", "DenyWithoutTls"): without_tls(
        "Terraform's states hold everything about the environments, and travel over TLS alone",
        "s3:*",
        "${aws_s3_bucket.state.arn}",
        "${aws_s3_bucket.state.arn}/*",
    ),
}

_LOGGING: Final[dict[Place, Documented]] = {
    # without a condition: CloudFormation user guide, "AWS::ApiGateway::Account"
    ("account", "assume_role", "AssumeRole"): Documented(
        "API Gateway writes logs in this role, for all APIs of the account and region",
        {"sts:AssumeRole": "how a service takes a role on"},
        principal=service("apigateway.amazonaws.com"),
    ),
    ("account", "api_gateway", "WriteLogs"): Documented(
        "AmazonAPIGatewayPushToCloudWatchLogs, version 1, kept to API Gateway's own log groups",
        {
            "logs:CreateLogGroup": "execution logs of an API whose log group nobody has made",
            "logs:CreateLogStream": "access and execution logs",
            "logs:DescribeLogStreams": "access and execution logs",
            "logs:PutLogEvents": "access and execution logs",
            "logs:GetLogEvents": "in AWS's own policy; which call needs it is not documented",
            "logs:FilterLogEvents": "in AWS's own policy; which call needs it is not documented",
        },
        (arn("logs", "log-group:/aws/apigateway/*"), arn("logs", "log-group:API-Gateway-Execution-Logs_*")),
    ),
    ("account", "api_gateway", "FindLogGroups"): Documented(
        "the one action of AWS's own policy that takes no resource but all log groups",
        {"logs:DescribeLogGroups": "API Gateway looks for its log groups"},
        ("*",),
    ),
}

STATEMENTS: Final[dict[Place, Documented]] = {**_ENVIRONMENT_KEY, **_QUEUES, **_TOPIC, **_STATE, **_LOGGING}
