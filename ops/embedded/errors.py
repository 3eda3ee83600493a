"""What can go wrong with the embedded AWS."""

from ops.errors import OpsError


class EmbeddedError(OpsError):
    """The embedded AWS cannot be started, reached or stopped."""


class PortInUseError(EmbeddedError):
    """The port to which the stored state is bound belongs to another program now."""
