"""The module `data`: the KMS key, the tables and the parameters."""

from typing import Any

from generate.builders.common import account_data, new_module
from generate.builders.setting_variables import setting_variable
from generate.naming import resource_name
from generate.policies import condition, policy_document, service, statement
from generate.settings import Data
from generate.terraform import Document, Expression, Validation
from handlers.contract import TTL_ATTRIBUTE


def build() -> Document:
    """Build the module."""
    document, suffix = new_module("data")
    key = _key(document, suffix)
    protection = setting_variable(document, Data, "deletion_protection")
    tables = {
        "raw": _table(document, "raw", suffix, key, protection, sort_key=("timestamp", "N")),
        "processed": _table(document, "processed", suffix, key, protection, sort_key=("event_date", "S")),
    }
    config, api_key = _config(document, suffix), _api_key(document, suffix, key)
    document.output("key_arn", key.arn, "ARN of the environment's KMS key.")
    for name, table in tables.items():
        document.output(f"{name}_table_name", table.name, f"Name of the {name} table.")
        document.output(f"{name}_table_arn", table.arn, f"ARN of the {name} table.")
    for name, parameter in (("config", config), ("api_key", api_key)):
        document.output(f"{name}_parameter_name", parameter.name, f"Name of the {name} parameter.")
        document.output(f"{name}_parameter_arn", parameter.arn, f"ARN of the {name} parameter.")
    return document


def _key(document: Document, suffix: Expression) -> Expression:
    key = document.resource(
        "aws_kms_key",
        "this",
        description=f"Encrypts everything of the IoT pipeline {suffix}.",
        enable_key_rotation=True,
        deletion_window_in_days=setting_variable(document, Data, "key_deletion_window_days"),
        policy=_key_policy(document, suffix),
    )
    document.resource("aws_kms_alias", "this", name=resource_name("key_alias", suffix), target_key_id=key.key_id)
    return key


def _key_policy(document: Document, suffix: Expression) -> Expression:
    """The account's own IAM policies govern the key; two services use it without a role."""
    where = account_data(document)
    groups = document.variable(
        "log_group_names",
        "list(string)",
        "Log groups that the key encrypts, besides the API's.",
        default=[],
        nullable=False,
    )
    given = Expression(f'[for name in {groups.bare} : "{where.arn("logs", "log-group:${name}")}"]')
    api = [f"/aws/apigateway/{resource_name('api', suffix)}", f"API-Gateway-Execution-Logs_*/{suffix}"]
    listed = ", ".join(f'"{where.arn("logs", f"log-group:{name}")}"' for name in api)
    group_arns = Expression(f"concat({given.bare}, [{listed}])")
    use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    return policy_document(
        document,
        "key",
        statement("AccountGovernsByIam", ["kms:*"], ["*"], principal=where.root),
        statement(
            "LogGroups",
            use,
            ["*"],
            {**condition("ArnLike", "kms:EncryptionContext:aws:logs:arn"), "values": group_arns},
            principal=service(f"logs.{where.domain}"),
        ),
        statement(
            "AlarmsToEncryptedTopic",
            ["kms:Decrypt", "kms:GenerateDataKey*"],
            ["*"],
            condition("StringEquals", "aws:SourceAccount", where.account),
            condition("ArnLike", "aws:SourceArn", where.arn("cloudwatch", f"alarm:*-{suffix}")),
            principal=service("cloudwatch.amazonaws.com"),
        ),
    )


def _table(  # noqa: PLR0913 - how the two tables differ
    document: Document,
    name: str,
    suffix: Expression,
    key: Expression,
    protection: Expression,
    *,
    sort_key: tuple[str, str],
) -> Expression:
    """A table by device and time. Items expire only where the handlers write the attribute."""
    attributes = [{"name": "device_id", "type": "S"}, {"name": sort_key[0], "type": sort_key[1]}]
    return document.resource(
        "aws_dynamodb_table",
        name,
        name=resource_name(f"{name}_table", suffix),
        billing_mode="PAY_PER_REQUEST",
        hash_key="device_id",
        range_key=sort_key[0],
        attribute=attributes,
        deletion_protection_enabled=protection,
        point_in_time_recovery={"enabled": True},
        server_side_encryption={"enabled": True, "kms_key_arn": key.arn},
        ttl={"attribute_name": TTL_ATTRIBUTE, "enabled": True},
    )


def _config(document: Document, suffix: Expression) -> Expression:
    config = document.variable(
        "config",
        "any",
        "What the handlers read while they run: batch_size, processing_timeout and rules.",
        default={"batch_size": 100, "processing_timeout": 60, "rules": {}},
        nullable=False,
    )
    return document.resource(
        "aws_ssm_parameter",
        "config",
        name=resource_name("config_parameter", suffix),
        description="Configuration of the IoT pipeline.",
        type="String",
        value=Expression(f"jsonencode({config.bare})"),
    )


def _api_key(document: Document, suffix: Expression, key: Expression) -> Expression:
    """A write-only value: it is in no plan and in no state."""
    more: dict[str, Any] = {"ephemeral": True, "sensitive": True, "nullable": False}
    value = document.variable(
        "api_key",
        "string",
        "Value of the api-key parameter; sent when the parameter is made and when api_key_version rises.",
        example="${var.api_key}",
        validations=[Validation(Expression("length(var.api_key) >= 20"), "api_key must have at least 20 characters.")],
        **more,
    )
    version = setting_variable(document, Data, "api_key_version")
    return document.resource(
        "aws_ssm_parameter",
        "api_key",
        name=resource_name("api_key_parameter", suffix),
        description="Second factor of the IoT pipeline's API.",
        type="SecureString",
        key_id=key.key_id,
        value_wo=value,
        value_wo_version=version,
        # The provider would send an empty value with such a change, unless the version rises, too; AWS refuses that.
        lifecycle={"ignore_changes": ["description", "key_id", "type"]},
    )
