"""The whole project as text: every generated file by its path."""

from generate.builders import account, api, data, environment, functions, monitoring, queueing
from generate.openapi.published import published
from generate.readme import module_readme
from generate.render import terraform_json
from generate.schema import schemas
from generate.settings import AccountSettings, EnvironmentSettings
from generate.terraform import Document

MODULES = {
    "data": data.build,
    "queueing": queueing.build,
    "functions": functions.build,
    "api": api.build,
    "monitoring": monitoring.build,
}


def generate_project(
    settings: AccountSettings, environments: list[EnvironmentSettings], *, shared: bool = True
) -> dict[str, str]:
    """Generate every file.

    Args:
        settings: The account's settings.
        environments: Every environment's settings.
        shared: Whether the modules, the account and the schemas belong to the result, too.

    Returns:
        Text by path, relative to the project's folder, with `/` between the parts.

    Raises:
        DocumentError: A builder wrote what Terraform would refuse.
    """
    modules = {name: build() for name, build in MODULES.items()}
    interfaces = {name: module.interface for name, module in modules.items()}
    texts: dict[str, str] = {}
    if shared:
        for name, module in modules.items():
            texts |= _files(module)
            texts[f"modules/{name}/README.md"] = module_readme(name, module)
        texts |= _files(account.build(settings))
        texts |= schemas() | published()
    for one in environments:
        root = environment.build(one, interfaces)
        texts |= {f"{root.name}/{name}": terraform_json(body) for name, body in root.files(interfaces).items()}
    return texts


def _files(document: Document) -> dict[str, str]:
    return {f"{document.name}/{name}": terraform_json(body) for name, body in document.files().items()}
