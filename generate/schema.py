"""JSON Schemas of the settings files, so that editors complete and check them."""

from typing import Any

import msgspec

from generate.reading import ACCOUNT
from generate.render import canonical
from generate.settings import AccountSettings, EnvironmentSettings

ENVIRONMENT_SCHEMA = "envs/settings.schema.json"
ACCOUNT_SCHEMA = f"envs/{ACCOUNT}/settings.schema.json"


def schemas() -> dict[str, str]:
    """The schemas as text, by path."""
    return {
        ENVIRONMENT_SCHEMA: canonical(environment_schema()),
        ACCOUNT_SCHEMA: canonical(_schema(AccountSettings, "Settings of the account")),
    }


def environment_schema() -> dict[str, Any]:
    """The schema of `envs/<env>/settings.toml`; the environment's name is its folder's, not a key."""
    schema = _schema(EnvironmentSettings, "Settings of one environment")
    del schema["properties"]["environment"]
    del schema["required"]
    return schema


def _schema(model: type[AccountSettings | EnvironmentSettings], title: str) -> dict[str, Any]:
    (root,), definitions = msgspec.json.schema_components([model], ref_template="#/$defs/{name}")
    body = definitions.pop(root["$ref"].rpartition("/")[2])
    description = body["description"].partition("\n")[0]
    draft = "http://json-schema.org/draft-07/schema#"
    return {"$schema": draft, "$defs": definitions, **body, "description": description, "title": title}
