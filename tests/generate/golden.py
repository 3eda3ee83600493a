"""The golden files: variants of the settings, and what the generator refuses.

`python -m tests.generate.golden` (or `make golden`) writes them anew.
"""

import sys
from pathlib import Path

from generate.builders import environment
from generate.errors import GenerateError
from generate.project import build_modules
from generate.reading import ACCOUNT, read_account, read_environment
from generate.render import terraform_json
from generate.tree import generated_files, write

GOLDEN = Path(__file__).parent.parent / "golden"
"""Holds `variants/envs/<name>/`, `errors/envs/<name>/` and `errors/account/<name>/envs/account/`: settings.toml by
hand, the rest golden."""
MESSAGE_FILE = "message.txt"


def variant_names() -> list[str]:
    """The variants, by the folders that hold their settings."""
    return _names("variants")


def error_names() -> list[str]:
    """The refused settings, by the folders that hold them: an environment's, or of an account `account/<name>`."""
    accounts = [path.parts[-4] for path in (GOLDEN / "errors").glob(f"{ACCOUNT}/*/envs/{ACCOUNT}/settings.toml")]
    return [*_names("errors"), *(f"{ACCOUNT}/{name}" for name in sorted(accounts))]


def message_file(name: str) -> Path:
    """Where the message to refused settings is kept."""
    is_account = name.startswith(f"{ACCOUNT}/")
    return GOLDEN / "errors" / (f"{name}/envs/{ACCOUNT}" if is_account else f"envs/{name}") / MESSAGE_FILE


def _names(kind: str) -> list[str]:
    return sorted(path.parent.name for path in (GOLDEN / kind).glob("envs/*/settings.toml"))


def variant_texts(name: str) -> dict[str, str]:
    """What the generator writes for a variant, by path within `golden/variants`."""
    interfaces = {name: module.interface for name, module in build_modules().items()}
    root = environment.build(read_environment(GOLDEN / "variants", name), interfaces)
    return {f"{root.name}/{file}": terraform_json(body) for file, body in root.files().items()}


def error_message(name: str) -> str:
    """What the generator says to settings that it refuses."""
    try:
        if name.startswith(f"{ACCOUNT}/"):
            read_account(GOLDEN / "errors" / name)
        else:
            read_environment(GOLDEN / "errors", name)
    except GenerateError as error:
        return f"{error}\n"
    message = f"the settings of errors/{name} are accepted"
    raise AssertionError(message)


def update() -> None:
    """Write every golden file anew, and remove those that nothing stands behind."""
    texts = {path: text for name in variant_names() for path, text in variant_texts(name).items()}
    done = write(GOLDEN / "variants", texts, generated_files(GOLDEN / "variants"))
    for name in error_names():
        message_file(name).write_text(error_message(name), encoding="utf-8")
    sys.stdout.write("\n".join([*done, "golden files are current"]) + "\n")


if __name__ == "__main__":
    update()
