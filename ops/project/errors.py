"""What can go wrong while packaging, running and operating, in the user's words."""


class OpsError(Exception):
    """Base of everything that an operating command refuses. Its text says what is wrong and what to do."""


class SkippedError(OpsError):
    """A check that cannot be made here, for a reason outside of the project: neither passed nor failed."""


class EmbeddedError(OpsError):
    """The embedded AWS cannot be started, reached or stopped."""


class PortInUseError(EmbeddedError):
    """The port to which the stored state is bound belongs to another program now."""


class PackagingError(OpsError):
    """A package cannot be built."""


class TerraformError(OpsError):
    """Terraform is missing, or it failed; the message carries its reason and, where one is known, the fix."""
