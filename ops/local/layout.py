"""Where one embedded AWS keeps its files: in one folder, so that there can be several; and who may change them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from ops.project.errors import EmbeddedError

HOST: Final = "127.0.0.1"
"""Where an embedded AWS listens, and nowhere else."""


class Layout:
    """The files of one embedded AWS.

    Args:
        home: The folder that contains all of them.

    Attributes:
        packages: Where the functions' packages are built. Terraform's state contains this path, so it must not change.
        lock: Locked by the one command that changes anything here.
        log: The server's output.
        authorizations: Where this file exists, the server logs each call that it allows or refuses, a JSON document a
            line.
        temporary: The server's temporary files: unpacked functions and layers.
        caller_variables: To source for a client that may call the API and nothing else.
        administrator_variables: To source for the administrator.
        outputs: The environment's outputs, as `make outputs ENV=local` writes them.
        certificates: The folder of the following three.
        authority: The certificate authority made for this server, which clients must trust.
        certificate: The server's certificate.
        key: Its private key.
        state: What belongs together and is deleted together: the server's stored state and everything about it.
        record: What the next command must know of the state.
        services: The server's own stored state.
        objects: The objects of the server's S3.
        credentials: The IAM users' keys.
        terraform: Terraform's working data, a folder for each root.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.packages = home / "packages"
        self.lock = home / "lock"
        self.log = home / "server.log"
        self.authorizations = home / "authorizations.jsonl"
        self.temporary = home / "tmp"
        self.caller_variables = home / "env"
        self.administrator_variables = home / "admin.env"
        self.outputs = home / "outputs.json"
        self.certificates = home / "certificates"
        self.authority = self.certificates / "ca.pem"
        self.certificate = self.certificates / "server.pem"
        self.key = self.certificates / "server.key"
        self.state = home / "state"
        self.record = self.state / "record.json"
        self.services = self.state / "services"
        self.objects = self.state / "objects"
        self.credentials = self.state / "credentials.json"
        self.terraform = self.state / "terraform"


def default_layout(root: Path) -> Layout:
    """The layout of a project's own embedded AWS."""
    return Layout(root / "build" / "local")


@contextmanager
def exclusively(layout: Layout) -> Iterator[None]:
    """Hold the layout's lock; the system releases it however the process ends.

    Raises:
        EmbeddedError: Another command holds it.
    """
    layout.home.mkdir(parents=True, exist_ok=True)
    try:
        held = FileLock(layout.lock).acquire(blocking=False)
    except Timeout as error:
        commands = "make up, down, demo, or plan, apply ... with ENV=local"
        raise EmbeddedError(f"another of {commands} works in {layout.home}: wait for it, then try again") from error
    with held:
        yield
