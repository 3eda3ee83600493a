"""The errors that cross rooms. Users meet them as problem details, operators in the logs."""


class PipelineError(Exception):
    """Everything that the pipeline raises by itself."""


class SettingsError(PipelineError):
    """The function's environment variables are missing or wrong."""


class UnavailableError(PipelineError):
    """AWS did not do what was asked within the time that remained; to ask again is safe.

    Attributes:
        operation: the client's operation (`put_item`).
        code: AWS's error code, or what kept it from answering.
    """

    def __init__(self, operation: str, code: str) -> None:
        super().__init__(f"{operation}: {code}")
        self.operation = operation
        self.code = code


def told(error: BaseException) -> str:
    """What may be said of an error in a log: AWS's codes, but no text that may repeat what a message held."""
    return str(error) if isinstance(error, UnavailableError) else type(error).__name__


class RefusedError(UnavailableError):
    """AWS refuses the request itself (`ValidationException`): to send the same again is useless."""


class InvalidParameterError(PipelineError):
    """A parameter is absent, or its text is not what it should be; says why."""


class MalformedDocumentError(PipelineError):
    """Text that is not the JSON which this pipeline takes."""
