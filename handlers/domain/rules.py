"""Rules: the limits between which a value is normal, and what a reading decides about them."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby

import msgspec

from handlers.domain.decimals import EXACT_ARITHMETIC, canonical
from handlers.domain.reading import Reading, SensorValue


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"minimum": "min", "maximum": "max"}.get):
    """Limits of one value, as the configuration has them: `{"min": -40, "max": 85, "hysteresis": 1}`.

    Attributes:
        minimum: the minimum of the normal values, or None.
        maximum: the maximum of the normal values, or None.
        hysteresis: how far inside the limits a value must be to clear an alert.
    """

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    hysteresis: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        """Refuse a rule that no value could break, or under which no alert could clear.

        Raises:
            ValueError: the rule is invalid; the text says why.
        """
        limits = [limit for limit in (self.minimum, self.maximum) if limit is not None]
        if not limits:
            raise ValueError("a rule needs min or max")
        for number in (*limits, self.hysteresis):
            canonical(number)
        if self.hysteresis < 0:
            raise ValueError("hysteresis must not be negative")
        if self.minimum is not None and self._is_outside(
            EXACT_ARITHMETIC.add(self.minimum, self.hysteresis), self.hysteresis
        ):
            raise ValueError("min and max leave no room for the hysteresis")

    def is_broken_by(self, value: Decimal) -> bool:
        """Return whether a value is outside the limits."""
        return self._is_outside(value, Decimal(0))

    def decision(self, value: Decimal) -> bool | None:
        """Return whether the value means an alert; None between a limit and its hysteresis."""
        if self.is_broken_by(value):
            return True
        return None if self._is_outside(value, self.hysteresis) else False

    def _is_outside(self, value: Decimal, margin: Decimal) -> bool:
        is_low = self.minimum is not None and value < EXACT_ARITHMETIC.add(self.minimum, margin)
        is_high = self.maximum is not None and value > EXACT_ARITHMETIC.subtract(self.maximum, margin)
        return is_low or is_high


class Observation(msgspec.Struct, frozen=True):
    """What one reading decides about one rule.

    Attributes:
        rule: as it was when the reading was processed.
        is_alert: the value breaks the rule; otherwise it is inside the limits by at least the hysteresis.
    """

    reading: Reading
    rule_name: str
    rule: Rule
    value: Decimal
    is_alert: bool

    @property
    def pair(self) -> tuple[str, str]:
        """The device and the rule."""
        return self.reading.device_id, self.rule_name


def broken_rules(rules: Mapping[str, Rule], values: Mapping[str, SensorValue]) -> list[str]:
    """Return the names of the rules that the values break, sorted."""
    return sorted(name for name, rule, value in _applied(rules, values) if rule.is_broken_by(value))


def observations(reading: Reading, rules: Mapping[str, Rule], values: Mapping[str, SensorValue]) -> list[Observation]:
    """Return what the reading decides, rule by rule; a value between the limits and their hysteresis decides nothing.

    Args:
        reading: where the values come from.
        rules: limits by value names.
        values: sensor values and derived values.
    """
    return [
        Observation(reading, name, rule, value, is_alert=decision)
        for name, rule, value in _applied(rules, values)
        if (decision := rule.decision(value)) is not None
    ]


def alert_transitions(observed: list[Observation]) -> list[Observation]:
    """Return the alert transitions of one device and rule, by event time.

    Of consecutive observations that decide the same, the last one counts.
    """
    ordered = sorted(observed, key=lambda observation: observation.reading.timestamp)
    return [list(run)[-1] for _, run in groupby(ordered, key=lambda observation: observation.is_alert)]


def _applied(rules: Mapping[str, Rule], values: Mapping[str, SensorValue]) -> Iterator[tuple[str, Rule, Decimal]]:
    for name, rule in rules.items():
        value = values.get(name)
        if isinstance(value, Decimal):
            yield name, rule, value
