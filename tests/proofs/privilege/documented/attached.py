"""Where each policy document is attached, and the permissions outside of policy documents."""

from collections.abc import Mapping
from typing import Any, Final

from generate.naming import FUNCTIONS, resource_name
from tests.proofs.privilege.documented.statement import SUFFIX, arn

Argument = tuple[str, str, str, str]
"""The call of a module, or `account`; a resource's type and name; and its argument."""

POLICIES: Final[Mapping[Argument, str]] = {
    ("data", "aws_kms_key", "this", "policy"): "key",
    ("account", "aws_kms_key", "state", "policy"): "state_key",
    ("queueing", "aws_sqs_queue", "ingestion", "policy"): "ingestion_queue",
    ("queueing", "aws_sqs_queue", "dead_letter", "policy"): "dead_letter_queue",
    ("queueing", "aws_sqs_queue", "async_dead_letter", "policy"): "async_dead_letter_queue",
    ("queueing", "aws_sns_topic_policy", "alerts", "policy"): "alert_topic",
    ("account", "aws_s3_bucket_policy", "state", "policy"): "state_bucket",
    ("account", "aws_iam_role", "api_gateway", "assume_role_policy"): "assume_role",
    ("account", "aws_iam_role_policy", "api_gateway", "policy"): "api_gateway",
    **{(function, "aws_iam_role", "this", "assume_role_policy"): "assume_role" for function in FUNCTIONS},
    **{(function, "aws_iam_role_policy", "this", "policy"): "this" for function in FUNCTIONS},
}
"""The document of each argument that takes one: a document that is not attached protects nothing."""

OWNERS: Final[Mapping[Argument, str]] = {
    **{(function, "aws_iam_role_policy", "this", "role"): "${aws_iam_role.this.id}" for function in FUNCTIONS},
    **{(function, "aws_lambda_function", "this", "role"): "${aws_iam_role.this.arn}" for function in FUNCTIONS},
    ("account", "aws_iam_role_policy", "api_gateway", "role"): "${aws_iam_role.api_gateway.id}",
    ("account", "aws_api_gateway_account", "this", "cloudwatch_role_arn"): "${aws_iam_role.api_gateway.arn}",
    ("queueing", "aws_sns_topic_policy", "alerts", "arn"): "${aws_sns_topic.alerts.arn}",
    ("account", "aws_s3_bucket_policy", "state", "bucket"): "${aws_s3_bucket.state.id}",
    ("account", "aws_s3_bucket_public_access_block", "state", "bucket"): "${aws_s3_bucket.state.id}",
}
"""The owner of each policy and role. The role of a function is in its own call of the module: no function uses another
function's role."""

INVOKERS: Final[Mapping[str, Mapping[str, Any]]] = {
    method: {
        "statement_id": f"AllowApiGateway-{method}",
        "action": "lambda:InvokeFunction",
        "function_name": f"${{module.{function}.function_name}}",
        "principal": "apigateway.amazonaws.com",
        "source_arn": "${aws_api_gateway_rest_api.this.execution_arn}/${aws_api_gateway_stage.this.stage_name}/" + path,
        "lifecycle": {"create_before_destroy": True},  # requests are served while a permission is replaced
    }
    for method, function, path in (
        ("post_ingest", "ingestion", "POST/ingest"),
        ("post_process", "processor", "POST/process"),
        ("get_query", "query", "GET/query"),
    )
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
