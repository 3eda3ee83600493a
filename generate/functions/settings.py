"""What can be set of a Lambda function: `[functions.<name>]` of an environment's settings."""

from typing import Annotated

from msgspec import Meta

from generate.structs import MAXIMUM_INTEGER, Settings

Memory = Annotated[int, Meta(ge=128, le=10240, description="Memory in MB, and CPU with it.")]
Timeout = Annotated[int, Meta(ge=1, le=900, description="Timeout in seconds.")]
ApiTimeout = Annotated[int, Meta(ge=1, le=29, description="API Gateway ends a request after 29 seconds.")]
BatchTimeout = Annotated[int, Meta(ge=29, le=900, description="Time to process one batch, in seconds.")]
Concurrency = Annotated[
    int, Meta(ge=1, le=MAXIMUM_INTEGER, description="Concurrent executions reserved for it, which are its limit.")
]


class FunctionSettings(Settings, frozen=True):
    """One Lambda function."""

    memory_megabytes: Memory = 256
    timeout_seconds: Timeout = 29
    reserved_concurrency: Concurrency = 100


class ApiFunctionSettings(FunctionSettings, frozen=True):
    """One Lambda function behind the API."""

    timeout_seconds: ApiTimeout = 29


class ProcessorSettings(FunctionSettings, frozen=True):
    """The processor, which reads the queue and serves `POST /process`."""

    memory_megabytes: Memory = 512
    timeout_seconds: BatchTimeout = 60
    reserved_concurrency: Annotated[
        int,
        Meta(ge=3, le=MAXIMUM_INTEGER, description="Concurrent executions reserved for it, which are its limit."),
    ] = 100
    api_concurrency: Annotated[
        int, Meta(ge=1, le=MAXIMUM_INTEGER, description="How many of them are left for POST /process.")
    ] = 10
