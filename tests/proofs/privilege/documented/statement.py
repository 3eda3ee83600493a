"""A documented statement, and the values that several statements share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.proofs.privilege.generated_documents import ENVIRONMENT

Place = tuple[str, str, str]
"""The call of a module or `account`, the document, and the statement's sid: see `generated_documents.Statement`."""

PARTITION: Final = "${data.aws_partition.current.partition}"
REGION: Final = "${data.aws_region.current.id}"
DOMAIN: Final = "${data.aws_partition.current.dns_suffix}"
"""The domain of the partition's services, such as `amazonaws.com`."""
ACCOUNT: Final = "${data.aws_caller_identity.current.account_id}"
SUFFIX: Final = ENVIRONMENT


def arn(service: str, resource: str) -> str:
    """The ARN of a resource of the account and region that the module is applied in."""
    return f"arn:{PARTITION}:{service}:{REGION}:{ACCOUNT}:{resource}"


@dataclass(frozen=True)
class Principal:
    """The principal of a resource's policy: `Service`, `AWS` or `*`, and its identifier."""

    kind: str
    identifier: str


@dataclass(frozen=True)
class Condition:
    """One condition of a statement, and what would be possible without it."""

    test: str
    variable: str
    values: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Documented:
    """A statement.

    Attributes:
        why: Its purpose.
        actions: Each action, and what needs it.
        resources: Empty in a trust policy.
        principal: None in the policy of a role.
        conditions: In the order of the file.
        effect: `Allow` or `Deny`.
    """

    why: str
    actions: Mapping[str, str]
    resources: tuple[str, ...] = ()
    principal: Principal | None = None
    conditions: tuple[Condition, ...] = field(default=())
    effect: str = "Allow"


def service(host: str) -> Principal:
    """An AWS service."""
    return Principal("Service", host)


ANYONE: Final = Principal("*", "*")
THIS_ACCOUNT: Final = Principal("AWS", f"arn:{PARTITION}:iam::{ACCOUNT}:root")

ONLY_THIS_ACCOUNT: Final = Condition(
    "StringEquals", "aws:SourceAccount", (ACCOUNT,), "another account's alarms could use it, through the same service"
)
ONLY_OUR_ALARMS: Final = Condition(
    "ArnLike",
    "aws:SourceArn",
    (arn("cloudwatch", f"alarm:*-{SUFFIX}"),),
    "alarms of other environments and projects of the account could use it",
)


def without_tls(why: str, action: str, *resources: str) -> Documented:
    """The denial of plain http: readings, alerts and states would be sent signed, but readable."""
    return Documented(
        why,
        {action: "every request over plain http, whoever sends it"},
        resources,
        ANYONE,
        (Condition("Bool", "aws:SecureTransport", ("false",), "requests over TLS would also be refused"),),
        effect="Deny",
    )


def through(*services: str, why: str) -> Condition:
    """The key may be used only through these services."""
    return Condition("StringEquals", "kms:ViaService", tuple(f"{name}.{REGION}.{DOMAIN}" for name in services), why)
