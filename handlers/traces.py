"""A request's trace, continued where its messages are processed.

Lambda gives a batch a trace of its own and links it to those of its messages, to 20 of them at most; a function cannot
change that trace, nor link to others (X-Ray Developer Guide, "Tracing event-driven applications"; aws-xray-sdk-node
issue 637). So that each request has one trace from the API to the processor, a segment for the batch is added to the
traces of its messages. It names the batch's own trace, which has the calls to AWS.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.trace_header import TraceHeader

from handlers.observability import trace_header, tracer


@contextmanager
def continued(function: str, headers: Iterable[object]) -> Iterator[None]:
    """Add a segment for a batch to the traces of its messages, one to each that is sampled.

    Args:
        function: its name, as in the trace map.
        headers: the messages' X-Ray headers; an invalid one is ignored.
    """
    segments = [] if tracer.disabled else list(_segments(function, headers))
    try:
        yield
    except Exception:
        for segment in segments:
            segment.add_fault_flag()
        raise
    finally:
        for segment in segments:
            segment.close()
            xray_recorder.emitter.send_entity(segment)


def _segments(function: str, headers: Iterable[object]) -> Iterator[Segment]:
    batch = TraceHeader.from_header_str(trace_header())
    for header, messages in Counter(header for header in headers if isinstance(header, str)).items():
        trace = TraceHeader.from_header_str(header)
        if trace.root and trace.sampled == 1:
            segment = Segment(function, traceid=trace.root, parent_id=trace.parent)
            segment.origin = "AWS::Lambda::Function"
            segment.put_annotation("messages", messages)
            if batch.sampled == 1:
                segment.put_annotation("batch_trace", batch.root)
            yield segment
