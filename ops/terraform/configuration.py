"""Writes the CLI configuration that lets Terraform install the provider from a mirror."""

import json
from pathlib import Path

from ops.terraform.provider import ProviderSource
from ops.terraform.provider_lock import PROVIDER


def configuration_text(mirror: Path) -> str:
    """A CLI configuration: the AWS provider from the mirror, every other one from its registry."""
    return (
        "provider_installation {\n"
        f"  filesystem_mirror {{\n    path    = {json.dumps(str(mirror))}\n"
        f'    include = ["{PROVIDER}"]\n  }}\n'
        f'  direct {{\n    exclude = ["{PROVIDER}"]\n  }}\n'
        "}\n"
    )


def configuration_variables(source: ProviderSource, build: Path) -> dict[str, str]:
    """The environment variables that make Terraform use the source; a file is written where one is needed.

    Args:
        source: Where the provider comes from.
        build: The project's build folder.
    """
    if source.configuration:
        return {"TF_CLI_CONFIG_FILE": str(source.configuration)}
    path = build / "terraform" / "cli.tfrc"
    text = configuration_text(source.mirror) if source.mirror else ""
    if not path.is_file() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return {"TF_CLI_CONFIG_FILE": str(path)}
