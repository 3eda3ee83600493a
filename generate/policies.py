"""IAM, key and resource policy documents, as `aws_iam_policy_document` data sources."""

from collections.abc import Mapping, Sequence
from typing import Any

from generate.terraform import Document, Expression

Statement = dict[str, Any]


def condition(test: str, variable: str, *values: object) -> dict[str, Any]:
    """One condition of a statement."""
    return {"test": test, "variable": variable, "values": list(values)}


def service(name: str) -> dict[str, Any]:
    """A service principal; `name` is its host, e.g. `logs.us-east-1.amazonaws.com`."""
    return {"type": "Service", "identifiers": [name]}


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


def decrypt_with_key(key_arn: object, domain: str, *services: str, sid: str = "Decrypt") -> Statement:
    """Use the key through those services alone, to read what they keep."""
    return statement(sid, ["kms:Decrypt"], [key_arn], _via(domain, services))


def use_key(key_arn: object, domain: str, *services: str) -> Statement:
    """Use the key through those services alone, to write to them; that needs a data key, and to read it back."""
    return statement("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], [key_arn], _via(domain, services))


def _via(domain: str, services: Sequence[str]) -> dict[str, Any]:
    return condition("StringEquals", "kms:ViaService", *(f"{name}.{domain}" for name in services))
