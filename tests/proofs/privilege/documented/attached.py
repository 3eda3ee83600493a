"""Where each policy document is attached, and the permissions outside of policy documents."""

from collections.abc import Mapping
from typing import Any, Final

from generate.naming import FUNCTIONS, resource_name
from tests.proofs.privilege.documented.statement import SUFFIX, arn

Argument = tuple[str, str, str]
"""A resource's type and name, and its argument."""

POLICIES: Final[Mapping[Argument, str]] = {
    ("aws_kms_key", "this", "policy"): "key",
    ("aws_kms_key", "state", "policy"): "state_key",
    ("aws_sqs_queue", "ingestion", "policy"): "ingestion_queue",
    ("aws_sqs_queue", "dead_letter", "policy"): "dead_letter_queue",
    ("aws_sqs_queue", "async_dead_letter", "policy"): "async_dead_letter_queue",
    ("aws_sns_topic_policy", "alerts", "policy"): "alert_topic",
    ("aws_s3_bucket_policy", "state", "policy"): "state_bucket",
    ("aws_iam_role", "api_gateway", "assume_role_policy"): "assume_role",
    ("aws_iam_role_policy", "api_gateway", "policy"): "api_gateway",
    **{("aws_iam_role", role, "assume_role_policy"): "assume_role" for role in FUNCTIONS},
    **{("aws_iam_role_policy", role, "policy"): role for role in FUNCTIONS},
}
"""The document of each argument that takes one: a document that is not attached protects nothing."""

OTHER_ARGUMENTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "ingestion": {
        "source_policy_documents": (
            "${var.api_key_parameter == null ? [] : [data.aws_iam_policy_document.api_key.json]}"
        )
    },
}
"""Arguments of documents beside their statements: ingestion reads the API key only where one is required."""

OWNERS: Final[Mapping[Argument, str]] = {
    **{("aws_iam_role_policy", role, "role"): f"${{aws_iam_role.{role}.id}}" for role in (*FUNCTIONS, "api_gateway")},
    **{("aws_lambda_function", role, "role"): f"${{aws_iam_role.{role}.arn}}" for role in FUNCTIONS},
    ("aws_api_gateway_account", "this", "cloudwatch_role_arn"): "${aws_iam_role.api_gateway.arn}",
    ("aws_sns_topic_policy", "alerts", "arn"): "${aws_sns_topic.alerts.arn}",
    ("aws_s3_bucket_policy", "state", "bucket"): "${aws_s3_bucket.state.id}",
    ("aws_s3_bucket_public_access_block", "state", "bucket"): "${aws_s3_bucket.state.id}",
}
"""The owner of each policy and role: no function uses another function's role."""

INVOKERS: Final[Mapping[str, Mapping[str, str]]] = {
    function: {
        "statement_id": "AllowApiGateway",
        "action": "lambda:InvokeFunction",
        "function_name": f"${{var.{function}_function_name}}",
        "principal": "apigateway.amazonaws.com",
        "source_arn": "${aws_api_gateway_rest_api.this.execution_arn}/${aws_api_gateway_stage.this.stage_name}/"
        + method,
    }
    for function, method in (("ingestion", "POST/ingest"), ("processor", "POST/process"), ("query", "GET/query"))
}
"""API Gateway invokes each function for one method of this API's stage. Without the source, any API of any account
could invoke it."""

REDRIVE_POLICIES: Final[Mapping[str, str]] = {
    "dead_letter": "${jsonencode({ redrivePermission = "
    f'"byQueue", sourceQueueArns = ["{arn("sqs", resource_name("ingestion_queue", SUFFIX))}"] }})}}',
    "async_dead_letter": '${jsonencode({ redrivePermission = "denyAll" })}',
}
"""Which queues may dead-letter into these: without this policy SQS allows every queue of the account. Failed
invocations are sent by Lambda, and come from no queue."""

STATE_BUCKET: Final[Mapping[str, bool]] = {
    "block_public_acls": True,  # an ACL that makes an object public is refused
    "ignore_public_acls": True,  # an existing one is ignored
    "block_public_policy": True,  # a bucket policy that admits everybody is refused
    "restrict_public_buckets": True,  # an existing one admits only this account and AWS services
}
"""A public state would show the whole environment (S3 user guide, "Blocking public access")."""
