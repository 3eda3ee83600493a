"""The errors that cross modules. Callers see them as problem details, operators in the logs."""


class PipelineError(Exception):
    """Base of the pipeline's own errors."""


class SettingsError(PipelineError):
    """The function's environment variables are missing or wrong."""


class UnavailableError(PipelineError):
    """An AWS request failed, or did not succeed in the time that remained; it is safe to send it again.

    Attributes:
        operation: the client's operation (`put_item`).
        code: AWS's error code, or the reason why there is none.
    """

    def __init__(self, operation: str, code: str) -> None:
        super().__init__(f"{operation}: {code}")
        self.operation = operation
        self.code = code


def loggable(error: BaseException) -> str:
    """Return what may be logged of an error: AWS's codes, but no text that may repeat a message's content."""
    return str(error) if isinstance(error, UnavailableError) else type(error).__name__


class RefusedError(UnavailableError):
    """AWS refuses the request itself (`ValidationException`): a permanent failure."""


class InvalidParameterError(PipelineError):
    """A parameter does not exist, or its text is invalid; says why."""


class MalformedDocumentError(PipelineError):
    """Text that is not JSON, or not the JSON that the pipeline accepts."""
