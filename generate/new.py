"""Starts an environment: another one's settings and provider lock under a new name."""

from pathlib import Path

from generate.errors import GenerateError
from generate.reading import SETTINGS_FILE, check_name, read_account, read_environment

LOCK_FILE = ".terraform.lock.hcl"


class EnvironmentExistsError(GenerateError):
    """The environment is there already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"envs/{name} is there already; change its {SETTINGS_FILE}, or choose another name")


def new_environment(root: Path, name: str, source: str) -> str:
    """Copy the settings and the provider lock of `source`.

    Returns:
        The path of the new settings file, relative to the root.

    Raises:
        SettingsError: A name is not allowed, or the source's settings, or the account's, cannot be used.
        EnvironmentExistsError: There is such an environment.
    """
    check_name(name, root)
    read_account(root)
    read_environment(root, source)
    target = root / "envs" / name
    if target.exists():
        raise EnvironmentExistsError(name)
    contents = {file: (root / "envs" / source / file).read_bytes() for file in (SETTINGS_FILE, LOCK_FILE)}
    target.mkdir()
    for file, content in contents.items():
        (target / file).write_bytes(content)
    return f"envs/{name}/{SETTINGS_FILE}"
