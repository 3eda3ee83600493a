"""Reads settings files, and reports every problem in them at once."""

import math
import re
import tomllib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from generate.errors import SettingsError
from generate.excerpts import shown_key, shown_value
from generate.faults import Fault, find_faults
from generate.rules import broken_rules
from generate.settings import AccountSettings, EnvironmentSettings

ACCOUNT = "account"
"""The root that is applied once for an account and region, besides the environments."""
LOCAL = "local"
"""What commands call the embedded AWS, in place of an environment."""
SETTINGS_FILE = "settings.toml"
Model = TypeVar("Model", EnvironmentSettings, AccountSettings)
_NAME = re.compile(r"[a-z][a-z0-9-]{0,15}")
DEEPEST = 20
"""Levels of tables and arrays that are read; the settings have four."""
_TOO_DEEP = f"tables or arrays are nested too deeply; at most {DEEPEST} levels are read"


def environment_names(root: Path) -> list[str]:
    """The environments under `envs/`, in alphabetical order, the account root left out."""
    try:
        folders = [folder for folder in (root / "envs").iterdir() if folder.name != ACCOUNT]
    except FileNotFoundError:
        return []
    return sorted(folder.name for folder in folders if _is_there(folder / SETTINGS_FILE))


def _is_there(path: Path) -> bool:
    """Whether there is such a file, also a broken link: reading it then fails with the reason.

    Raises:
        PermissionError: This user may not look.
    """
    return path.is_symlink() or path.exists()


def read_environment(root: Path, name: str) -> EnvironmentSettings:
    """Read `envs/<name>/settings.toml`.

    Args:
        root: The project's folder.
        name: The environment, which is also the suffix of every resource's name.

    Raises:
        SettingsError: The file is missing or holds what is not allowed; all problems at once.
    """
    check_name(name, root)
    label, raw = _load(root, name)
    if "environment" in raw:
        found = shown_value(raw["environment"])
        raise SettingsError([f"{label}: environment = {found}: not a key; the folder's name is the environment's name"])
    return _settled(EnvironmentSettings, label, raw, {"environment": name})


def read_account(root: Path) -> AccountSettings:
    """Read `envs/account/settings.toml`.

    Raises:
        SettingsError: The file is missing or holds what is not allowed; all problems at once.
    """
    return _settled(AccountSettings, *_load(root, ACCOUNT), {})


def read_all(root: Path) -> tuple[AccountSettings, list[EnvironmentSettings]]:
    """Read every settings file under `envs/`.

    Raises:
        SettingsError: Any of them is unusable; the problems of all files at once.
    """
    problems: list[str] = []
    environments: list[EnvironmentSettings] = []
    for name in environment_names(root):
        try:
            environments.append(read_environment(root, name))
        except SettingsError as error:
            problems.extend(error.problems)
    try:
        account = read_account(root)
    except SettingsError as error:
        raise SettingsError([*error.problems, *problems]) from None
    if problems:
        raise SettingsError(problems)
    return account, environments


def check_name(name: str, root: Path) -> None:
    """Refuse a name that cannot be an environment's.

    Raises:
        SettingsError: With what is allowed, and what there is.
    """
    if name in (ACCOUNT, LOCAL) or not _NAME.fullmatch(name):
        allowed = (
            "a lower-case letter, then up to 15 lower-case letters, digits or hyphens, and not 'account' or 'local'"
        )
        raise SettingsError([f"environment {name!r}: allowed is {allowed}; there are: {_known(root)}"])


def _known(root: Path) -> str:
    return ", ".join(environment_names(root)) or "none"


def _load(root: Path, name: str) -> tuple[str, dict[str, Any]]:
    """The file's label for problems, and its content."""
    label = f"envs/{name}/{SETTINGS_FILE}"
    text = _text(root, label)
    try:
        raw = tomllib.loads(text, parse_float=_finite)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([f"{label}: not TOML: {error}"]) from None
    except ValueError:  # Python's own bound on the digits of an integer
        raise SettingsError([f"{label}: a number has thousands of digits; none may"]) from None
    except RecursionError:
        raise SettingsError([f"{label}: {_TOO_DEEP}"]) from None
    if _is_deep(raw):  # a key with many dots gets past the reader
        raise SettingsError([f"{label}: {_TOO_DEEP}"])
    return label, raw


def _text(root: Path, label: str) -> str:
    """A file's text with line feeds at its lines' ends, and without a byte order mark."""
    try:
        content = (root / label).read_bytes()
    except FileNotFoundError:
        raise SettingsError([f"{label}: there is no such file; environments: {_known(root)}"]) from None
    except OSError as error:
        raise SettingsError([f"{label}: cannot be read: {error.strerror}"]) from None
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"\0" in content:
        raise SettingsError([f"{label}: not UTF-8, as TOML must be, but UTF-16, it seems: save it as UTF-8"])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError([f"{label}: not UTF-8, as TOML must be: {error.reason} (at byte {error.start})"]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_deep(document: dict[str, Any]) -> bool:
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        level = [child for one in level if isinstance(one, (dict, list)) for child in _children(one)]
    return bool(level)


def _children(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _settled(model: type[Model], label: str, raw: dict[str, Any], given: dict[str, Any]) -> Model:
    """Validate field by field, then across fields; a rule over a field that is at fault itself is not asked."""
    faults: list[Fault] = []
    try:
        settings = msgspec.convert(raw | given, model)
    except msgspec.ValidationError:
        faults = list(find_faults(model, raw | given))
        settings = msgspec.convert(_without(raw, [_removable(fault.path) for fault in faults]) | given, model)
    problems = [f"{label}: {_shown(fault)}" for fault in faults]
    faulty_keys = [".".join(_removable(fault.path)) for fault in faults]
    problems += [
        f"{label}: {shown_key([rule.keys[0]])} = {shown_value(rule.found)}: allowed is {rule.allowed}"
        for rule in broken_rules(settings)
        if not any(_is_under(key, fault) for key in rule.keys for fault in faulty_keys)
    ]
    if problems:
        raise SettingsError(problems)
    return settings


def _shown(fault: Fault) -> str:
    key = shown_key(fault.path)
    return f"{key}: missing" if fault.is_missing else f"{key} = {shown_value(fault.found)}: {fault.reason}"


def _finite(text: str) -> float | str:
    """A number; `nan`, `inf` and what a float cannot hold stay text, which is refused where a number is needed."""
    number = float(text)
    return number if math.isfinite(number) else text


def _removable(location: tuple[int | str, ...]) -> tuple[str, ...]:
    """What must go for the rest to be valid: the field, or the whole list that it is in."""
    path: list[str] = []
    for part in location:
        if isinstance(part, int):
            break
        path.append(part)
    return tuple(path)


def _without(raw: dict[str, Any], paths: list[tuple[str, ...]]) -> dict[str, Any]:
    copy = deepcopy(raw)
    for path in paths:
        parent: Any = copy
        for part in path[:-1]:
            parent = parent.get(part, {})
        parent.pop(path[-1], None)
    return copy


def _is_under(key: str, fault: str) -> bool:
    return f"{key}.".startswith(f"{fault}.") or f"{fault}.".startswith(f"{key}.")
