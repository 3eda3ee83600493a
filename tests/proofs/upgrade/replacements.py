"""Reads in a plan what an upgrade would destroy."""

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
"""What holds data or an address that somebody else knows: never destroyed, never replaced."""
REPLACED: Final = {
    "aws_api_gateway_deployment": "a deployment cannot be changed; the next one is made before the last one goes",
    "aws_lambda_layer_version": "a layer's version cannot be changed; the functions move to the next one",
}
"""What may be replaced, each with the reason."""


def destroyed(plan: dict[str, Any]) -> dict[str, str]:
    """What a plan deletes or replaces: types by address.

    Args:
        plan: Terraform's JSON of a plan.
    """
    changes = plan.get("resource_changes", ())
    return {change["address"]: change["type"] for change in changes if "delete" in change["change"]["actions"]}


def kept_resources(plan: dict[str, Any]) -> list[str]:
    """The addresses of what is in the state before, and must stay."""
    return [
        change["address"]
        for change in plan["resource_changes"]
        if change["type"] in KEPT and change["change"]["before"] is not None
    ]
