"""Finds where Terraform can install the AWS provider from, so that a machine that has it needs no network."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ops.project.errors import TerraformError
from ops.project.progress import Progress
from ops.terraform.provider_lock import PROVIDER
from ops.terraform.release import platform_name

MIRROR_VARIABLE: Final = "TF_PLUGIN_MIRROR"
_CONFIGURATION_VARIABLES: Final = ("TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG")
_USUAL_ROOTS: Final = ("/opt", "/srv", "/usr/share", "/usr/local/share", "/usr/lib", "/usr/local/lib", "/var/lib")


@dataclass(frozen=True)
class ProviderSource:
    """Where the provider comes from.

    Attributes:
        description: For people.
        configuration: The user's own CLI configuration, which then stands.
        mirror: A folder in a mirror's layout, for which a CLI configuration is written.
    """

    description: str
    configuration: Path | None = None
    mirror: Path | None = None


def find_provider(
    version: str, environment: Mapping[str, str], home: Path, progress: Progress, roots: tuple[Path, ...] | None = None
) -> ProviderSource:
    """The first of: the user's CLI configuration, a mirror named or found, Terraform's own registry.

    Args:
        version: The version that the lock file demands.
        environment: The user's environment variables.
        home: The user's home folder.
        progress: Told of a CLI configuration that cannot be read.
        roots: Folders whose direct children may be mirrors; the usual ones by default.

    Raises:
        TerraformError: The environment names a mirror that does not hold the provider.
    """
    configuration = user_configuration(environment, home, progress)
    if configuration:
        return ProviderSource(f"your CLI configuration {configuration}", configuration=configuration)
    named = environment.get(MIRROR_VARIABLE)
    if named:
        if not holds_provider(Path(named), version):
            wanted = f"{PROVIDER} {version} for {platform_name()}"
            raise TerraformError(f"{MIRROR_VARIABLE}={named} does not hold {wanted}; correct it or unset it")
        return ProviderSource(f"the mirror {named}", mirror=Path(named))
    usual = roots if roots is not None else (*map(Path, _USUAL_ROOTS), home / ".local" / "share", home)
    for folder in (*_implied_mirrors(environment, home), *_children(usual)):
        if holds_provider(folder, version):
            return ProviderSource(f"the mirror {folder}", mirror=folder)
    return ProviderSource("the provider's registry")


def user_configuration(environment: Mapping[str, str], home: Path, progress: Progress) -> Path | None:
    """The CLI configuration that Terraform would read, if that file exists and this user may read it.

    Terraform itself only warns where a variable names a file that does not exist.
    """
    named = next((environment[name] for name in _CONFIGURATION_VARIABLES if environment.get(name)), None)
    path = Path(named) if named else home / ".terraformrc"
    try:
        with path.open("rb"):
            return path
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        progress.say(f"passing over the CLI configuration {path}, which cannot be read: {error.strerror}")
        return None


def holds_provider(mirror: Path, version: str) -> bool:
    """Whether a folder holds that version of the provider for this machine, unpacked or packed."""
    packed = f"terraform-provider-aws_{version}_{platform_name()}.zip"
    try:
        return (mirror / PROVIDER / version / platform_name()).is_dir() or (mirror / PROVIDER / packed).is_file()
    except OSError:  # a folder that this user may not read is no mirror for this user
        return False


def _implied_mirrors(environment: Mapping[str, str], home: Path) -> Iterator[Path]:
    """The folders that Terraform itself searches (its "implied local mirror directories")."""
    data_home = Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")
    data_folders = (environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    yield home / ".terraform.d" / "plugins"
    yield home / "Library" / "Application Support" / "io.terraform" / "plugins"
    yield from (folder / "terraform" / "plugins" for folder in (data_home, *map(Path, data_folders)))


def _children(roots: tuple[Path, ...]) -> Iterator[Path]:
    for root in roots:
        try:
            yield from sorted(path for path in root.iterdir() if path.is_dir())
        except OSError:  # missing, or not this user's to read
            continue
