"""Rules across settings: what each field allows alone, AWS refuses together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generate.settings import EnvironmentSettings, Subscription

RESERVED_TAGS = ("project", "environment", "managed-by")
"""The default tags that the generator sets itself."""

_ENDPOINTS = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "https": re.compile(r"https://[^\s/]+(/\S*)?"),
}


@dataclass(frozen=True)
class Broken:
    """A rule that does not hold.

    Attributes:
        keys: The settings that it ties together, the one to change first.
        found: The first one's value.
        allowed: What would be allowed, and why.
    """

    keys: tuple[str, ...]
    found: object
    allowed: str


def broken_rules(settings: EnvironmentSettings) -> Iterator[Broken]:
    """Yield each rule between settings that does not hold."""
    yield from _queue_rules(settings)
    yield from _concurrency_rules(settings)
    yield from _config_rules(settings)
    yield from _bucket_rules(settings)
    for index, subscription in enumerate(settings.queueing.subscriptions):
        yield from _subscription_rules(index, subscription)
        if subscription in settings.queueing.subscriptions[:index]:
            yield Broken((f"queueing.subscriptions.{index}",), subscription.endpoint, "each subscription once")
    for tag, value in settings.tags.items():
        if tag.lower() in RESERVED_TAGS or tag.lower().startswith("aws:"):
            allowed = f"any name but {', '.join(RESERVED_TAGS)}, which the generator sets, and AWS's own aws:*"
            yield Broken((f"tags.{tag}",), value, allowed)


def _queue_rules(settings: EnvironmentSettings) -> Iterator[Broken]:
    source = settings.functions.event_source
    timeout, window = "functions.processor.timeout_seconds", "functions.event_source.batching_window_seconds"
    least = settings.least_visibility_timeout_seconds
    if settings.visibility_timeout_seconds < least:
        key = "queueing.visibility_timeout_seconds"
        allowed = f"at least {least}: six times {timeout} plus {window}, or a batch is delivered twice"
        yield Broken((key, timeout, window), settings.visibility_timeout_seconds, allowed)
    if source.batch_size > 10 and source.batching_window_seconds < 1:  # noqa: PLR2004 - named in the message
        allowed = "at least 1 where functions.event_source.batch_size is over 10"
        yield Broken((window, "functions.event_source.batch_size"), source.batching_window_seconds, allowed)


def _concurrency_rules(settings: EnvironmentSettings) -> Iterator[Broken]:
    functions = settings.functions
    reserved, api = "functions.processor.reserved_concurrency", "functions.processor.api_concurrency"
    greatest = settings.greatest_maximum_concurrency
    if greatest < 2:  # noqa: PLR2004 - named in the message
        allowed = f"at least {api} plus 2, the least that an event source mapping takes"
        yield Broken((reserved, api), functions.processor.reserved_concurrency, allowed)
    elif settings.maximum_concurrency > greatest:
        key = "functions.event_source.maximum_concurrency"
        allowed = f"from 2 to {greatest}: {reserved} less {api}, and at most AWS's 1000"
        yield Broken((key, reserved, api), settings.maximum_concurrency, allowed)


def _config_rules(settings: EnvironmentSettings) -> Iterator[Broken]:
    timeout = settings.functions.processor.timeout_seconds
    if settings.config.processing_timeout > timeout:
        keys = ("config.processing_timeout", "functions.processor.timeout_seconds")
        yield Broken(
            keys, settings.config.processing_timeout, f"at most functions.processor.timeout_seconds, {timeout}"
        )
    for sensor, rule in settings.config.rules.items():
        key = f"config.rules.{sensor}"
        if rule.min is None and rule.max is None:
            yield Broken((key,), "no bound", "min, max or both")
        elif rule.min is not None and rule.max is not None and rule.min + rule.hysteresis > rule.max - rule.hysteresis:
            found = f"min {rule.min:g}, max {rule.max:g}, hysteresis {rule.hysteresis:g}"
            yield Broken((key,), found, "min plus hysteresis at most max less hysteresis, or the alert never clears")


def _bucket_rules(settings: EnvironmentSettings) -> Iterator[Broken]:
    """S3 user guide, "General purpose bucket naming rules"."""
    bucket = settings.state.bucket
    odd = re.fullmatch(r"[0-9]+(\.[0-9]+){3}", bucket) or bucket.startswith(("-", "xn--", "sthree-", "amzn-s3-demo-"))
    if odd or bucket.endswith(("-", "-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")):
        yield Broken(("state.bucket",), bucket, "a name that S3 takes: no address, no reserved prefix or suffix")


def _subscription_rules(index: int, subscription: Subscription) -> Iterator[Broken]:
    if not _ENDPOINTS[subscription.protocol].fullmatch(subscription.endpoint):
        wanted = {"email": "an e-mail address", "https": "an address that begins with https://"}
        key = f"queueing.subscriptions.{index}.endpoint"
        allowed = f"{wanted[subscription.protocol]}, as protocol {subscription.protocol!r} asks"
        yield Broken((key,), subscription.endpoint, allowed)
