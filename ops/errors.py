"""What can go wrong while packaging, running and operating, in the user's words."""


class OpsError(Exception):
    """Base of everything that an operating command refuses. Its text says what is wrong and what to do."""


class SkippedError(OpsError):
    """What was asked for could not be looked at here, through nobody's fault. It is neither good nor bad."""
