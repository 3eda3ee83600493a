"""Rules for the configuration parameter: its size, and alert rules that can be kept and can clear."""

from collections.abc import Iterator
from decimal import Context, Decimal
from typing import Any

import msgspec

from generate.rules.broken import Broken
from generate.settings import EnvironmentSettings, Rule

MAXIMUM_PARAMETER_BYTES = 4096
"""Of a standard parameter (Systems Manager endpoints and quotas)."""
LEAST_MAGNITUDE, MAGNITUDES_END = 1e-130, 1e126
"""Of a number that is not 0 (DynamoDB developer guide, "Supported data types and naming rules"); the handlers refuse
a configuration with another one, and go on without its rules."""
_EXACT = Context(prec=300)


def config_rules(settings: EnvironmentSettings) -> Iterator[Broken]:
    """Yield each rule that the configuration breaks."""
    timeout = settings.functions.processor.timeout_seconds
    if settings.config.processing_timeout > timeout:
        keys = ("config.processing_timeout", "functions.processor.timeout_seconds")
        yield Broken(
            keys, settings.config.processing_timeout, f"at most functions.processor.timeout_seconds, {timeout}"
        )
    size = _parameter_bytes(settings.config.values())
    if size > MAXIMUM_PARAMETER_BYTES:
        allowed = f"what takes at most {MAXIMUM_PARAMETER_BYTES} bytes as JSON, all of config together"
        yield Broken(("config.rules",), f"{len(settings.config.rules)} rules, {size} bytes", allowed)
    for sensor, rule in settings.config.rules.items():
        if "{{" in sensor:  # Systems Manager API reference, PutParameter, `Value`
            allowed = "a name without {{, where Systems Manager refuses to nest one parameter in another"
            yield Broken((f"config.rules.{sensor}",), sensor, allowed)
        yield from _rule_rules(f"config.rules.{sensor}", rule)


def _rule_rules(key: str, rule: Rule) -> Iterator[Broken]:
    bounds = {name: value for name, value in rule.values().items() if value}
    for name, value in bounds.items():
        if not LEAST_MAGNITUDE <= abs(value) < MAGNITUDES_END:
            allowed = "0, or from 1E-130 to 9.99E+125 in magnitude, which DynamoDB can store"
            yield Broken((f"{key}.{name}", key), value, allowed)
    if rule.min is None and rule.max is None:
        yield Broken((key,), "no bound", "min, max or both")
    elif rule.min is not None and rule.max is not None and _leaves_no_room(rule.min, rule.max, rule.hysteresis):
        found = f"min {rule.min:g}, max {rule.max:g}, hysteresis {rule.hysteresis:g}"
        yield Broken((key,), found, "min plus hysteresis at most max less hysteresis, or the alert never clears")


def _leaves_no_room(minimum: float, maximum: float, hysteresis: float) -> bool:
    """Reckon as the handlers do, in decimals and exactly."""
    low, high, margin = (Decimal(repr(number)) for number in (minimum, maximum, hysteresis))
    return _EXACT.add(low, margin) > _EXACT.subtract(high, margin)


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
