"""Logs, traces and metrics of an invocation."""

import functools
import os
from collections.abc import Callable
from threading import Lock
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.contract import METRICS_ENVIRONMENT_DIMENSION, METRICS_NAMESPACE
from handlers.settings import FunctionSettings, load

logger: Final = Logger()
tracer: Final = Tracer(patch_modules=("botocore",))
metrics: Final = Metrics(namespace=METRICS_NAMESPACE, service="")
"""The empty service keeps Powertools from adding its dimension: alarms name `Environment` alone."""

_one_at_a_time: Final = Lock()
"""Alerts are counted in several threads; Powertools' metrics are not thread-safe."""

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def observed(settings: type[FunctionSettings]) -> Callable[[Handler], Handler]:
    """Wrap a Lambda handler: a log context, a trace segment, and the metrics written at the end.

    Args:
        settings: of the function; they contain the environment.
    """

    def wrap(handler: Handler) -> Handler:
        traced = tracer.capture_lambda_handler(handler, capture_response=False)
        logged = logger.inject_lambda_context(traced, clear_state=True)

        @functools.wraps(handler)
        def wrapped(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
            metrics.set_default_dimensions(**{METRICS_ENVIRONMENT_DIMENSION: load(settings).environment})
            try:
                response: dict[str, Any] = logged(event, context)
            finally:
                if metrics.metric_set:
                    metrics.flush_metrics()
            return response

        return wrapped

    return wrap


def count(metric: str, number: int = 1) -> None:
    """Add to a metric that counts; zero is a measurement, too."""
    with _one_at_a_time:
        metrics.add_metric(metric, MetricUnit.Count, number)


def measure(metric: str, milliseconds: int) -> None:
    """Add one duration to a metric."""
    metrics.add_metric(metric, MetricUnit.Milliseconds, milliseconds)


def annotate(device_id: str | None = None, batch: int | None = None) -> None:
    """Annotate the trace, so that it can be found by its device or by the size of its batch."""
    if device_id is not None:
        tracer.put_annotation("device", device_id)
    if batch is not None:
        tracer.put_annotation("batch", batch)  # type: ignore[arg-type] # mypy does not take int for a numbers.Number


def trace_header() -> str | None:
    """Return the X-Ray header of this invocation, which Lambda sets in the environment."""
    return os.environ.get("_X_AMZN_TRACE_ID") or None
