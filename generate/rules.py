"""Rules across settings: what each field allows alone, AWS refuses together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Any

import msgspec

from generate.references import is_reference
from generate.settings import EnvironmentSettings, Rule, Subscription

RESERVED_TAGS = ("project", "environment", "managed-by")
"""The default tags that the generator sets itself."""

OLDEST_TIMESTAMPS = (date(1970, 1, 1), date(2099, 12, 31))
"""The range of `api.oldest_timestamp`: from the first timestamp that there is. Terraform refuses a day in the future
when it plans, which a generator that knows no time cannot."""

GREATEST_PARAMETER_BYTES = 4096
"""Of a standard parameter (Systems Manager endpoints and quotas)."""
LEAST_MAGNITUDE, MAGNITUDES_END = 1e-130, 1e126
"""Of a number that is not 0 (DynamoDB developer guide, "Supported data types and naming rules"); the handlers refuse
a configuration with another one, and go on without its rules."""
_EXACT = Context(prec=300)

_ENDPOINTS = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "https": re.compile(r"https://[^\s/]+(/\S*)?"),
}


_NO_REFERENCE = "a text in which nothing reads as a Terraform reference, such as var.name"


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
    yield from _timestamp_rules(settings.api.oldest_timestamp)
    for index, subscription in enumerate(settings.queueing.subscriptions):
        yield from _subscription_rules(index, subscription)
        if subscription in settings.queueing.subscriptions[:index]:
            yield Broken((f"queueing.subscriptions.{index}",), subscription.endpoint, "each subscription once")
    for tag, value in settings.tags.items():
        if is_reference(value):
            yield Broken((f"tags.{tag}",), value, _NO_REFERENCE)
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
    size = _parameter_bytes(settings.config.values())
    if size > GREATEST_PARAMETER_BYTES:
        allowed = f"what takes at most {GREATEST_PARAMETER_BYTES} bytes as JSON, all of config together"
        yield Broken(("config.rules",), f"{len(settings.config.rules)} rules, {size} bytes", allowed)
    for sensor, rule in settings.config.rules.items():
        yield from _rule_rules(f"config.rules.{sensor}", rule)


def _rule_rules(key: str, rule: Rule) -> Iterator[Broken]:
    bounds = {name: value for name, value in rule.values().items() if value}
    for name, value in bounds.items():
        if not LEAST_MAGNITUDE <= abs(value) < MAGNITUDES_END:
            allowed = "0, or from 1E-130 to 9.99E+125 in magnitude, which DynamoDB can hold"
            yield Broken((f"{key}.{name}", key), value, allowed)
    if rule.min is None and rule.max is None:
        yield Broken((key,), "no bound", "min, max or both")
    elif rule.min is not None and rule.max is not None and _leaves_no_room(rule.min, rule.max, rule.hysteresis):
        found = f"min {rule.min:g}, max {rule.max:g}, hysteresis {rule.hysteresis:g}"
        yield Broken((key,), found, "min plus hysteresis at most max less hysteresis, or the alert never clears")


def _leaves_no_room(minimum: float, maximum: float, hysteresis: float) -> bool:
    """Reckon as the handlers do, in decimals and exactly."""
    least, greatest, margin = (Decimal(repr(number)) for number in (minimum, maximum, hysteresis))
    return _EXACT.add(least, margin) > _EXACT.subtract(greatest, margin)


def _parameter_bytes(config: dict[str, Any]) -> int:
    """The size of the parameter as Terraform's `jsonencode` writes it: no exponents, and HTML's characters escaped."""
    numbers: list[str] = []

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(each) for name, each in value.items()}
        numbers.append(format(Decimal(repr(value)), "f"))
        return 0

    text = msgspec.json.encode(plain(config)).decode()
    escaped = sum(text.count(character) * (6 - len(character.encode())) for character in "<>&\u2028\u2029")
    return len(text.encode()) + escaped + sum(len(number) - 1 for number in numbers)


def _bucket_rules(settings: EnvironmentSettings) -> Iterator[Broken]:
    """S3 user guide, "General purpose bucket naming rules"."""
    bucket = settings.state.bucket
    odd = re.fullmatch(r"[0-9]+(\.[0-9]+){3}", bucket) or bucket.startswith(("-", "xn--", "sthree-", "amzn-s3-demo-"))
    if odd or bucket.endswith(("-", "-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")):
        yield Broken(("state.bucket",), bucket, "a name that S3 takes: no address, no reserved prefix or suffix")


def _timestamp_rules(oldest: date) -> Iterator[Broken]:
    first, last = OLDEST_TIMESTAMPS
    if not first <= oldest <= last:
        yield Broken(
            ("api.oldest_timestamp",), oldest.isoformat(), f"a day from {first} to {last}, and not in the future"
        )


def _subscription_rules(index: int, subscription: Subscription) -> Iterator[Broken]:
    key = f"queueing.subscriptions.{index}.endpoint"
    if not _ENDPOINTS[subscription.protocol].fullmatch(subscription.endpoint):
        wanted = {"email": "an e-mail address", "https": "an address that begins with https://"}
        allowed = f"{wanted[subscription.protocol]}, as protocol {subscription.protocol!r} asks"
        yield Broken((key,), subscription.endpoint, allowed)
    if is_reference(subscription.endpoint):
        yield Broken((key,), subscription.endpoint, _NO_REFERENCE)
