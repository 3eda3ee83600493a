"""Where one embedded AWS keeps its things. Everything lies in one folder, so that several can stand side by side."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The files of one embedded AWS.

    Attributes:
        home: The folder that holds all of them.
        packages: Where the functions' packages are built. Terraform's state remembers this path, so it must not move.
    """

    home: Path
    packages: Path

    @property
    def lock(self) -> Path:
        """Held by the one command that changes anything here."""
        return self.home / "lock"

    @property
    def process(self) -> Path:
        """Which process serves, if one does."""
        return self.home / "process.json"

    @property
    def log(self) -> Path:
        """The server's output."""
        return self.home / "server.log"

    @property
    def certificates(self) -> Path:
        """The certificate authority made for this server, and the server's certificate."""
        return self.home / "certificates"

    @property
    def authority(self) -> Path:
        """What clients must trust: the certificate authority."""
        return self.certificates / "ca.pem"

    @property
    def state(self) -> Path:
        """What must stay and go together: the server's stored state and everything that describes it."""
        return self.home / "state"

    @property
    def port(self) -> Path:
        """The port to which the state is bound."""
        return self.state / "port"

    @property
    def services(self) -> Path:
        """The server's own stored state."""
        return self.state / "services"

    @property
    def objects(self) -> Path:
        """The objects of the server's S3."""
        return self.state / "objects"

    @property
    def unclean(self) -> Path:
        """There while a server runs; what is still there without one tells of a server that lost its state."""
        return self.state / "running"

    @property
    def applying(self) -> Path:
        """There while Terraform applies; what is still there without one tells of an apply that was killed."""
        return self.state / "applying"

    @property
    def credentials(self) -> Path:
        """The IAM users' keys."""
        return self.state / "credentials.json"

    @property
    def applied(self) -> Path:
        """A digest of what was applied, and the outputs."""
        return self.state / "applied.json"

    @property
    def outputs(self) -> Path:
        """The environment's outputs, as `make outputs ENV=local` writes them."""
        return self.home / "outputs.json"

    @property
    def terraform(self) -> Path:
        """Terraform's working data, a folder for each root."""
        return self.state / "terraform"

    @property
    def temporary(self) -> Path:
        """The server's temporary files: unpacked functions and layers."""
        return self.home / "tmp"

    @property
    def authorizations(self) -> Path:
        """Whoever makes this file finds in it what the server authorised from then on, a JSON document a line."""
        return self.home / "authorizations.jsonl"

    @property
    def caller_variables(self) -> Path:
        """What a client that may only call the API sources."""
        return self.home / "env"

    @property
    def administrator_variables(self) -> Path:
        """What the administrator sources."""
        return self.home / "admin.env"


def default_layout(root: Path) -> Layout:
    """The layout of a project's own embedded AWS."""
    home = root / "build" / "local"
    return Layout(home, home / "packages")
