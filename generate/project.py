"""The whole project as text: every generated file by its path."""

from collections.abc import Mapping
from functools import cache

from generate.builders import account, api, data, environment, function, layer, monitoring, queueing
from generate.errors import SpecificationError
from generate.functions import specification_problems
from generate.render import terraform_json
from generate.settings import AccountSettings, EnvironmentSettings
from generate.terraform import Document

MODULES = {
    "data": data.build,
    "queueing": queueing.build,
    "layer": layer.build,
    "function": function.build,
    "api": api.build,
    "monitoring": monitoring.build,
}


def generate_project(settings: AccountSettings | None, environments: list[EnvironmentSettings]) -> dict[str, str]:
    """Generate every file, or only what Terraform reads of the modules and environments.

    Args:
        settings: The account's settings. Without them the account's root and the documentation are left out.
        environments: Every environment's settings.

    Returns:
        Text by path, relative to the project's folder, with `/` between the parts.

    Raises:
        SpecificationError: A part of a function is missing.
        DocumentError: A builder wrote what Terraform would refuse.
    """
    if problems := list(specification_problems()):
        raise SpecificationError(problems)
    modules = build_modules()
    interfaces = {name: module.interface for name, module in modules.items()}
    texts: dict[str, str] = {}
    for one in environments:
        root = environment.build(one, interfaces)
        texts |= {f"{root.name}/{name}": terraform_json(body) for name, body in root.files().items()}
    texts |= _module_files()
    if settings is not None:
        from generate.documentation import documentation  # noqa: PLC0415 - Jinja costs more than all the rest

        texts |= _files(account.build(settings)) | documentation(modules)
    return texts


@cache
def build_modules() -> Mapping[str, Document]:
    """The modules by name. They are the same for all settings."""
    return {name: build() for name, build in MODULES.items()}


@cache
def _module_files() -> Mapping[str, str]:
    return {path: text for module in build_modules().values() for path, text in _files(module).items()}


def _files(document: Document) -> dict[str, str]:
    return {f"{document.name}/{name}": terraform_json(body) for name, body in document.files().items()}
