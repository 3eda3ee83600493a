"""Where things are in the project's folder."""

from pathlib import Path

from generate import reading
from generate.reading import check_name, environment_names, read_environment
from generate.settings import EnvironmentSettings
from ops.project.errors import OpsError

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "account"
"""The root under `envs/` that is applied once for an account and region."""
LOCAL = reading.LOCAL
"""The name by which commands that talk to a running pipeline call the embedded AWS."""
_PREFERRED = "dev"


def embedded_environment(root: Path) -> str:
    """The environment that is applied to the embedded AWS: `dev`, or the first by name where there is no `dev`.

    Args:
        root: The project's folder.

    Returns:
        A name; `dev`, too, where there is no environment at all, which whoever reads its settings refuses.
    """
    try:
        names = environment_names(root)
    except OSError:  # whoever reads the settings names what this user may not read
        names = []
    return _PREFERRED if _PREFERRED in names else next(iter(names), _PREFERRED)


def deployed_names(root: Path) -> list[str]:
    """What ENV= may say to a command that talks to a running pipeline."""
    return [LOCAL, *environment_names(root)]


def find_environment(root: Path, name: str) -> EnvironmentSettings:
    """The settings of the environment of that name.

    Raises:
        OpsError: There is no such environment; the message lists what there is.
        SettingsError: Its settings are not usable.
    """
    if name == LOCAL:
        raise OpsError(f"local is the embedded AWS; its settings and packages are those of {EMBEDDED_ENVIRONMENT}")
    check_name(name, root)
    known = environment_names(root)
    if name not in known:
        choices = ", ".join(known) or "none yet; make new ENV=<name> FROM=<existing> writes one"
        raise OpsError(f"there is no environment {name!r} under envs/; there are: {choices}")
    return read_environment(root, name)


EMBEDDED_ENVIRONMENT = embedded_environment(ROOT)
"""This project's."""
