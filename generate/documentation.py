"""What is generated for people and editors: the modules' READMEs, the schemas, the API's contract."""

from collections.abc import Mapping

from generate.openapi.published import published
from generate.readme import module_readme
from generate.schema import schemas
from generate.terraform import Document


def documentation(modules: Mapping[str, Document]) -> dict[str, str]:
    """All of it as text by path.

    Args:
        modules: The modules by name.
    """
    readmes = {f"modules/{name}/README.md": module_readme(name, module) for name, module in modules.items()}
    return readmes | schemas() | published()
