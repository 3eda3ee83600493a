"""The policy documents that the generator writes, as they are applied."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generate.project import generate_project
from generate.settings import AccountSettings, Api, EnvironmentSettings
from tests.support.called_modules import called_module

Body = dict[str, Any]
_DOCUMENT = "aws_iam_policy_document"
ENVIRONMENT = "dev"


@dataclass(frozen=True)
class Statement:
    """A statement, and where it is.

    Attributes:
        root: The environment's call of a module, such as `data` or a function's name; or `account`.
        document: The data source's name.
        body: As it is applied.
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


def generated(*, require_api_key: bool = True) -> dict[str, Body]:
    """The `main.tf.json` of the account's root, and of each module as an environment calls it, by the call's name.

    The calls of the module `function` have the functions' names.

    Args:
        require_api_key: Whether the environment requires one; ingestion has the most statements where it does.
    """
    settings = EnvironmentSettings(environment=ENVIRONMENT, api=Api(require_api_key=require_api_key))
    texts = generate_project(AccountSettings(), [settings])
    files = {path: json.loads(text) for path, text in texts.items() if path.endswith(".tf.json")}
    root = f"envs/{ENVIRONMENT}"
    calls = {name: called_module(files, root, name) for name in files[f"{root}/main.tf.json"]["module"]}
    return {"account": files["envs/account/main.tf.json"], **calls}


def statements(roots: dict[str, Body]) -> Iterator[Statement]:
    """Every statement of every document; one allows what it names where it has no effect of its own."""
    for root, main in roots.items():
        for document, body in main.get("data", {}).get(_DOCUMENT, {}).items():
            for statement in body["statement"]:
                yield Statement(root, document, {"effect": "Allow", **statement})


def resources(roots: dict[str, Body]) -> Iterator[tuple[str, str, str, Body]]:
    """The call or `account`, type, name and body of every resource."""
    for root, main in roots.items():
        for kind, named in main.get("resource", {}).items():
            for name, body in named.items():
                yield root, kind, name, body
