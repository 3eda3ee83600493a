"""Starts an environment: another one's settings and provider lock under a new name."""

import re
from contextlib import suppress
from pathlib import Path

from generate.errors import GenerateError
from generate.files import accessing
from generate.naming import FUNCTIONS
from generate.reading import SETTINGS_FILE, check_name, read_account, read_environment
from generate.settings import EnvironmentSettings

LOCK_FILE = ".terraform.lock.hcl"
_SCHEMA = "#:schema "


class EnvironmentExistsError(GenerateError):
    """The environment is there already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"envs/{name} is there already; change its {SETTINGS_FILE}, or choose another name")


def new_environment(root: Path, name: str, source: str) -> str:
    """Copy the settings and the provider lock of `source`; the comment at the settings' beginning names the new one.

    Returns:
        The path of the new settings file, relative to the root.

    Raises:
        SettingsError: A name is not allowed, or the source's settings, or the account's, cannot be used.
        EnvironmentExistsError: There is such an environment.
        FileError: A file could not be read or written; nothing is left of the new environment.
    """
    check_name(name, root)
    read_account(root)
    read_environment(root, source)
    target = root / "envs" / name
    with accessing("read", f"envs/{name}"):
        exists = target.exists()
    if exists:
        raise EnvironmentExistsError(name)
    contents = {file: _content(root, f"envs/{source}/{file}") for file in (SETTINGS_FILE, LOCK_FILE)}
    settings = contents[SETTINGS_FILE].decode("utf-8-sig")
    contents[SETTINGS_FILE] = renamed(settings, source, name).encode()
    _make(root, f"envs/{name}", contents)
    return f"envs/{name}/{SETTINGS_FILE}"


def renamed(settings: str, source: str, name: str) -> str:
    """A settings file under another name: lines of its first comment that name the source make way for a new one.

    Args:
        settings: The source's text, with any line ends.
        source: The environment that it is copied from.
        name: The new environment.
    """
    lines = settings.splitlines(keepends=True)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    length = next((place for place, line in enumerate(lines) if not line.startswith("#")), len(lines))
    schema = [line for line in lines[:length] if line.startswith(_SCHEMA)]
    names_source = re.compile(rf"(?<![\w-]){re.escape(source)}(?![\w-])")
    kept = [line for line in lines[:length] if line not in schema and not names_source.search(line)]
    title = f"# Settings of the environment {name}. What is not named here has its default.{end}"
    return "".join([*schema, title, *kept, *lines[length:]])


def reserved_concurrency(settings: EnvironmentSettings) -> str:
    """What an environment takes of the account's Lambda concurrency, and what to do where that is too much."""
    parts = {name: getattr(settings.functions, name).reserved_concurrency for name in FUNCTIONS}
    named = ", ".join(f"{name} {number}" for name, number in parts.items())
    return (
        f"{settings.environment} reserves {sum(parts.values())} concurrent executions of Lambda ({named}) in "
        f"{settings.region}. An account has 1000 for all its functions unless it was given more, a new one perhaps 10, "
        f"and 100 stay unreserved: `make doctor ENV={settings.environment}` compares, and "
        f"functions.<name>.reserved_concurrency lowers it."
    )


def _content(root: Path, path: str) -> bytes:
    with accessing("read", path):
        return (root / path).read_bytes()


def _make(root: Path, folder: str, contents: dict[str, bytes]) -> None:
    """Write a folder's files, or leave nothing of it."""
    target = root / folder
    with accessing("write", folder):
        target.mkdir()
    try:
        for file, content in contents.items():
            with accessing("write", f"{folder}/{file}"):
                (target / file).write_bytes(content)
    except GenerateError:
        with suppress(OSError):
            for file in contents:
                (target / file).unlink(missing_ok=True)
            target.rmdir()
        raise
