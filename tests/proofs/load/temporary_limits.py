"""Limits of a running pipeline that a test lowers until its block ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ops.local.pipeline import Pipeline


@dataclass(frozen=True)
class Throttling:
    """The stage's throttling.

    Attributes:
        rate: Requests a second.
        burst: Requests at once.
    """

    rate: float
    burst: int


def read_throttling(pipeline: Pipeline) -> Throttling:
    """The throttling of the applied stage."""
    outputs = pipeline.outputs
    stage = pipeline.administrator.api_gateway().get_stage(
        restApiId=outputs["ApiId"], stageName=outputs["ApiStageName"]
    )
    every = stage["methodSettings"]["*/*"]
    return Throttling(every["throttlingRateLimit"], every["throttlingBurstLimit"])


@contextmanager
def reserved_concurrency(pipeline: Pipeline, function: str, number: int) -> Iterator[int]:
    """Lower a function's reserved concurrency until the block ends.

    Args:
        pipeline: The pipeline.
        function: The output with its name.
        number: Executions at a time.

    Yields:
        Its reserved concurrency before.
    """
    functions, name = pipeline.administrator.functions(), pipeline.outputs[function]
    before = functions.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"]
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=number)
    try:
        yield before
    finally:
        functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=before)


@contextmanager
def mapping_concurrency(pipeline: Pipeline, number: int, batch_size: int) -> Iterator[int]:
    """Lower the event source mapping's maximum concurrency and batch size until the block ends.

    Args:
        pipeline: The pipeline.
        number: Batches at a time.
        batch_size: Messages in a batch.

    Yields:
        Its maximum concurrency before.
    """
    functions = pipeline.administrator.functions()
    (mapping,) = functions.list_event_source_mappings(FunctionName=pipeline.outputs["ProcessorFunctionName"])[
        "EventSourceMappings"
    ]
    before, size = mapping["ScalingConfig"]["MaximumConcurrency"], mapping["BatchSize"]

    def limit(concurrency: int, messages: int) -> None:
        scaling: Any = {"MaximumConcurrency": concurrency}
        functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig=scaling, BatchSize=messages)

    limit(number, batch_size)
    try:
        yield before
    finally:
        limit(before, size)
