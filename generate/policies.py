"""IAM, key and resource policy documents, as `aws_iam_policy_document` data sources."""

from collections.abc import Mapping, Sequence
from typing import Any

from generate.terraform import Document, Expression, dynamic

Statement = dict[str, Any]


def condition(test: str, variable: str, *values: object) -> dict[str, Any]:
    """One condition of a statement."""
    return {"test": test, "variable": variable, "values": list(values)}


def service(name: str) -> dict[str, Any]:
    """A service principal; `name` is its host, e.g. `logs.us-east-1.amazonaws.com`."""
    return {"type": "Service", "identifiers": [name]}


STATEMENTS_TYPE = (
    "list(object({ sid = string, actions = list(string), resources = list(string), conditions = optional("
    "list(object({ test = string, variable = string, values = list(string) })), []) }))"
)
"""Terraform's type of a list of statements that a caller gives."""

ANYONE: Mapping[str, Any] = {"type": "*", "identifiers": ["*"]}


def statement(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[object],
    *conditions: Mapping[str, Any],
    principal: Mapping[str, Any] | None = None,
    effect: str = "Allow",
) -> Statement:
    """One statement; a resource policy's names its principal."""
    body: Statement = {"sid": sid, "effect": effect}
    if principal:
        body["principals"] = [principal]
    body |= {"actions": list(actions), "resources": list(resources)}
    if conditions:
        body["condition"] = list(conditions)
    return body


def deny_without_tls(service_name: str, resources: Sequence[object]) -> Statement:
    """Refuse every request that does not come over TLS."""
    insecure = condition("Bool", "aws:SecureTransport", "false")
    return statement("DenyWithoutTls", [f"{service_name}:*"], resources, insecure, principal=ANYONE, effect="Deny")


def policy_document(document: Document, name: str, *statements: Statement, **more: object) -> Expression:
    """Add a policy document and return its JSON.

    Args:
        document: Where to add it.
        name: The data source's name.
        statements: Its statements.
        more: Further arguments of the data source.
    """
    return document.data("aws_iam_policy_document", name, statement=list(statements), **more).json


def assume_role_policy(document: Document, principal: str) -> Expression:
    """Who may assume a role: one service."""
    return policy_document(
        document,
        "assume_role",
        {"sid": "AssumeRole", "effect": "Allow", "principals": [service(principal)], "actions": ["sts:AssumeRole"]},
    )


def dynamic_statements(given: Expression, own: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The `dynamic` blocks of a policy document.

    Args:
        given: A variable of the type `STATEMENTS_TYPE`.
        own: Further dynamic statements.
    """
    conditions = dynamic(
        Expression("statement.value.conditions"),
        test=Expression("condition.value.test"),
        variable=Expression("condition.value.variable"),
        values=Expression("condition.value.values"),
    )
    statements = dynamic(
        given,
        sid=Expression("statement.value.sid"),
        actions=Expression("statement.value.actions"),
        resources=Expression("statement.value.resources"),
        dynamic={"condition": conditions},
    )
    return {"statement": [statements, *own]}


def as_values(statements: Sequence[Statement]) -> list[dict[str, Any]]:
    """Statements as values of the type `STATEMENTS_TYPE`."""
    return [
        {
            "sid": each["sid"],
            "actions": each["actions"],
            "resources": each["resources"],
            **({"conditions": each["condition"]} if "condition" in each else {}),
        }
        for each in statements
    ]
