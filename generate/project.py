"""The whole project as text: every generated file by its path."""

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
    modules = {name: build() for name, build in MODULES.items()}
    interfaces = {name: module.interface for name, module in modules.items()}
    texts: dict[str, str] = {}
    for one in environments:
        root = environment.build(one, interfaces)
        texts |= {f"{root.name}/{name}": terraform_json(body) for name, body in root.files().items()}
    for module in modules.values():
        texts |= _files(module)
    if settings is not None:
        from generate.documentation import documentation  # noqa: PLC0415 - Jinja costs more than all the rest

        texts |= _files(account.build(settings)) | documentation(modules)
    return texts


def _files(document: Document) -> dict[str, str]:
    return {f"{document.name}/{name}": terraform_json(body) for name, body in document.files().items()}
