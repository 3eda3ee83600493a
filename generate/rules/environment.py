"""Rules for an environment's queue, functions and oldest timestamp."""

from collections.abc import Iterator
from datetime import date

from generate.rules.broken import Broken
from generate.rules.config import config_rules
from generate.rules.subscriptions import subscription_rules
from generate.settings import EnvironmentSettings

OLDEST_TIMESTAMPS = (date(1970, 1, 1), date(2099, 12, 31))
"""The range of `api.oldest_timestamp`: from the first timestamp that there is. Terraform refuses a day in the future
when it plans, which a generator that knows no time cannot."""


def environment_rules(settings: EnvironmentSettings) -> Iterator[Broken]:
    """Yield each broken rule of an environment."""
    yield from _queue_rules(settings)
    yield from _concurrency_rules(settings)
    yield from config_rules(settings)
    yield from _timestamp_rules(settings.api.oldest_timestamp)
    yield from subscription_rules(settings.queueing.subscriptions)


def _timestamp_rules(oldest: date) -> Iterator[Broken]:
    first, last = OLDEST_TIMESTAMPS
    if not first <= oldest <= last:
        allowed = f"a day from {first} to {last}, and not in the future"
        yield Broken(("api.oldest_timestamp",), oldest.isoformat(), allowed)


def _queue_rules(settings: EnvironmentSettings) -> Iterator[Broken]:
    source = settings.functions.event_source
    timeout, window = "functions.processor.timeout_seconds", "functions.event_source.batching_window_seconds"
    minimum = settings.minimum_visibility_timeout_seconds
    if settings.visibility_timeout_seconds < minimum:
        key = "queueing.visibility_timeout_seconds"
        allowed = f"at least {minimum}: six times {timeout} plus {window}, or a batch is delivered twice"
        yield Broken((key, timeout, window), settings.visibility_timeout_seconds, allowed)
    if source.batch_size > 10 and source.batching_window_seconds < 1:  # noqa: PLR2004 - named in the message
        allowed = "at least 1 where functions.event_source.batch_size is over 10"
        yield Broken((window, "functions.event_source.batch_size"), source.batching_window_seconds, allowed)


def _concurrency_rules(settings: EnvironmentSettings) -> Iterator[Broken]:
    reserved, api = "functions.processor.reserved_concurrency", "functions.processor.api_concurrency"
    limit = settings.maximum_concurrency_limit
    if limit < 2:  # noqa: PLR2004 - named in the message
        allowed = f"at least {api} plus 2, the minimum of an event source mapping"
        yield Broken((reserved, api), settings.processor.reserved_concurrency, allowed)
    elif settings.maximum_concurrency > limit:
        key = "functions.event_source.maximum_concurrency"
        allowed = f"from 2 to {limit}: {reserved} less {api}, and at most AWS's 1000"
        yield Broken((key, reserved, api), settings.maximum_concurrency, allowed)
