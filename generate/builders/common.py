"""What several modules declare in the same way."""

from dataclasses import dataclass
from typing import Any

from generate.builders.setting_variables import number_between
from generate.terraform import Document, Expression, Validation

TERRAFORM_VERSION = ">= 1.11, < 2.0"
"""1.11 brought write-only arguments (Terraform 1.11 release notes)."""
MODULE_PROVIDER_VERSION = ">= 5.100"
"""5.100 is what the project runs with; the schemas of 6.x are compatible (docs/upgrading.md)."""
ROOT_PROVIDER_VERSION = ">= 5.100, < 7"


def new_module(name: str) -> tuple[Document, Expression]:
    """Start a module: its versions, and the environment suffix that every name in it carries."""
    document = Document(f"modules/{name}")
    document.terraform(**versions())
    suffix = document.variable(
        "environment_suffix",
        "string",
        "Suffix of every resource's name, e.g. dev.",
        nullable=False,
        example="dev",
        validations=[
            Validation(
                Expression('can(regex("^[a-z][a-z0-9-]{0,15}$", var.environment_suffix))'),
                "environment_suffix must be a lower-case letter, then up to 15 lower-case letters, digits or hyphens.",
            )
        ],
    )
    return document, suffix


def versions(provider: str = MODULE_PROVIDER_VERSION) -> dict[str, Any]:
    """The versions of Terraform and of the AWS provider that the files are written for."""
    return {
        "required_version": TERRAFORM_VERSION,
        "required_providers": {"aws": {"source": "hashicorp/aws", "version": provider}},
    }


def number_variable(  # noqa: PLR0913 - a variable's meta-arguments and its range
    document: Document, name: str, description: str, minimum: int, maximum: int, *, default: int | None
) -> Expression:
    """Declare a whole number with its range. Null means the default, where there is one."""
    return document.variable(
        name,
        "number",
        description,
        default=default,
        nullable=default is None,
        validations=[number_between(name, minimum, maximum, optional=default is None)],
    )


def arn_variable(document: Document, name: str, description: str, example: str) -> Expression:
    """Declare an ARN that the caller must give."""
    return document.variable(
        name,
        "string",
        description,
        nullable=False,
        example=example,
        validations=[Validation(Expression(f'startswith(var.{name}, "arn:")'), f"{name} must be an ARN.")],
    )


def optional_arn_variable(document: Document, name: str, description: str) -> Expression:
    """Declare an ARN that may be null."""
    condition = Expression(f'var.{name} == null ? true : startswith(var.{name}, "arn:")')
    return document.variable(
        name, "string", description, default=None, validations=[Validation(condition, f"{name} must be an ARN.")]
    )


@dataclass(frozen=True)
class Location:
    """The partition with its domain, the region's name and the account's id of the current credentials."""

    partition: Expression
    dns_suffix: Expression
    region: Expression
    account: Expression

    @property
    def domain(self) -> str:
        """What follows a service's name in its host of this region."""
        return f"{self.region}.{self.dns_suffix}"

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource of this account and region, put together from its name."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    @property
    def root(self) -> dict[str, Any]:
        """The account itself as a principal, which hands its rights on by IAM policies."""
        return {"type": "AWS", "identifiers": [f"arn:{self.partition}:iam::{self.account}:root"]}


def account_data(document: Document) -> Location:
    """Ask where and as whom this is applied."""
    partition = document.data("aws_partition", "current")
    region = document.data("aws_region", "current")
    account = document.data("aws_caller_identity", "current")
    return Location(partition.partition, partition.dns_suffix, region.id, account.account_id)
