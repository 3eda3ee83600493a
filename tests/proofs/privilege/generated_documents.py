"""The policy documents that the generator writes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generate.project import generate_project
from generate.settings import AccountSettings, EnvironmentSettings

Body = dict[str, Any]
_DOCUMENT = "aws_iam_policy_document"


@dataclass(frozen=True)
class Statement:
    """A statement, and where it is.

    Attributes:
        root: The module, or `account`.
        document: The data source's name.
        body: As it is written.
    """

    root: str
    document: str
    body: Body

    @property
    def sid(self) -> str:
        """The statement's name."""
        return str(self.body["sid"])

    @property
    def place(self) -> tuple[str, str, str]:
        """Its key in tables."""
        return self.root, self.document, self.sid

    def wildcards(self, element: str) -> list[str]:
        """Its actions or resources that are, or end with, a wildcard."""
        return [value for value in self.body.get(element, ()) if value == "*" or value.endswith("*")]


def generated() -> dict[str, Body]:
    """The `main.tf.json` of each module and of the account's root, by name."""
    texts = generate_project(AccountSettings(), [EnvironmentSettings(environment="dev")])
    mains = {path.split("/")[1]: text for path, text in texts.items() if path.endswith("/main.tf.json")}
    return {name: json.loads(text) for name, text in mains.items()}


def statements(roots: dict[str, Body]) -> Iterator[Statement]:
    """Every statement of every document."""
    for root, main in roots.items():
        for document, body in main.get("data", {}).get(_DOCUMENT, {}).items():
            for statement in body["statement"]:
                yield Statement(root, document, statement)


def resources(roots: dict[str, Body]) -> Iterator[tuple[str, str, Body]]:
    """The type, name and body of every resource."""
    for main in roots.values():
        for kind, named in main.get("resource", {}).items():
            for name, body in named.items():
                yield kind, name, body
