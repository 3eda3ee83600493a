"""Reads from a plan what an upgrade would destroy."""

from typing import Any, Final

KEPT: Final = (
    "aws_dynamodb_table",
    "aws_sqs_queue",
    "aws_sns_topic",
    "aws_kms_key",
    "aws_cloudwatch_log_group",
    "aws_ssm_parameter",
    "aws_api_gateway_rest_api",
)
"""Types with data, or with an address that others know: never destroyed, never replaced."""
REPLACED: Final = {
    "aws_api_gateway_deployment": "a deployment cannot be changed; the next one is created before it is deleted",
    "aws_lambda_permission": "a permission cannot be changed; the next one is created before it is deleted",
    "aws_lambda_layer_version": "a layer version cannot be changed; the functions use the next one",
}
"""Types that may be replaced, each with the reason."""


def destroyed(plan: dict[str, Any]) -> dict[str, str]:
    """The resources that a plan deletes or replaces: types by address.

    Args:
        plan: A plan in Terraform's JSON.
    """
    changes = plan.get("resource_changes", ())
    return {change["address"]: change["type"] for change in changes if "delete" in change["change"]["actions"]}


def kept_resources(plan: dict[str, Any]) -> list[str]:
    """The addresses of the resources in the state that must not be destroyed."""
    return [
        change["address"]
        for change in plan["resource_changes"]
        if change["type"] in KEPT and change["change"]["before"] is not None
    ]
