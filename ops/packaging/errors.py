"""What can go wrong while packaging."""

from ops.errors import OpsError


class PackagingError(OpsError):
    """A package cannot be built, or Lambda would not take it."""
